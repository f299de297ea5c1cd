"""Ranks all experiments: `imdb-genres leaderboard`."""

import sys
from shutil import get_terminal_size

import click

from imdb_genres.experiments.leaderboard import SORTABLE, rank
from imdb_genres.experiments.leaderboard_formats import to_markdown, to_text


@click.command()
@click.option(
    "--sort",
    type=click.Choice(SORTABLE),
    default="score",
    show_default=True,
    help="Order of the rows.",
)
@click.option("--csv", "form", flag_value="csv", help="Print all numbers as CSV.")
@click.option("--markdown", "form", flag_value="markdown", help="Print a Markdown table.")
def command(sort: str, form: str | None) -> None:
    """Rank all results: DVC experiments, MLflow runs, HEAD and the workspace.

    Scores have 95 % bootstrap intervals. Each result is compared with the best by a paired sign-flip
    test, if both have the same test films.
    """
    from imdb_genres.experiments.entries import collect_entries  # MLflow takes two seconds

    table = rank(collect_entries(), sort)
    if form == "csv":
        print(table.to_csv(index=False), end="")
    elif form == "markdown":
        print(to_markdown(table))
    else:
        print(to_text(table, get_terminal_size().columns if sys.stdout.isatty() else None))
