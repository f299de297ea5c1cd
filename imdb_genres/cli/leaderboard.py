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
    help="Order of the rows of each group.",
)
@click.option("--all", "show_all", is_flag=True, help="Show runs without a score too.")
@click.option("--csv", "form", flag_value="csv", help="Print all numbers as CSV.")
@click.option("--markdown", "form", flag_value="markdown", help="Print a Markdown table.")
def command(sort: str, show_all: bool, form: str | None) -> None:
    """Rank all results: DVC experiments, MLflow runs, HEAD and the workspace.

    Scores have 95 % bootstrap intervals. Results on the same test films form a group, the largest is
    first; each is compared with the best of its group by a paired sign-flip test.
    """
    from imdb_genres.experiments.entries import collect_entries  # MLflow takes two seconds

    entries = collect_entries()
    scored = [entry for entry in entries if entry.score is not None]
    table = rank(entries if show_all else scored, sort)
    if form == "csv":
        print(table.to_csv(index=False), end="")
    elif form == "markdown":
        print(to_markdown(table))
    else:
        print(to_text(table, get_terminal_size().columns if sys.stdout.isatty() else None))
    if (hidden := len(entries) - len(scored)) and not show_all:
        runs = "1 run without a score is" if hidden == 1 else f"{hidden} runs without a score are"
        print(f"{runs} hidden: --all shows them", file=sys.stderr)
