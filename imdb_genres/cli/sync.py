"""Adds to MLflow the results that it does not have yet: `imdb-genres sync`."""

import click

from imdb_genres.errors import UserError
from imdb_genres.registry.tracker import CONFIG
from imdb_genres.tracking.sync import relocate, sync


@click.command()
@click.option(
    "--relocate", "moved", is_flag=True, help="First correct a store whose project was moved."
)
def command(moved: bool) -> None:
    """Add to MLflow the results that it does not have yet.

    Experiments that DVC took from its run-cache, that ran with TRACKING=off or while the tracking
    server was unreachable are found in git and in .dvc/tmp/tracking. Runs that you deleted stay
    deleted.
    """
    if moved:
        old = relocate(CONFIG)
        print(f"sync: the store moved here from {old}" if old else "sync: the store has not moved")
    counts, problems = sync(CONFIG)
    news = ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing new"
    if problems:
        raise UserError(f"not everything is in MLflow ({news}):\n" + "\n".join(problems))
    print(f"sync: MLflow has every result ({news})")
