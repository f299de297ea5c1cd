"""Adds to MLflow the results that it does not have yet: `imdb-genres sync`."""

import click

from imdb_genres.errors import UserError
from imdb_genres.registry.tracker import CONFIG
from imdb_genres.tracking.sync import sync


@click.command()
@click.option("--relocate", is_flag=True, help="First correct a store whose project was moved.")
def command(relocate: bool) -> None:
    """Add to MLflow the results that it does not have yet.

    Experiments that DVC took from its run-cache, that ran with TRACKING=off or while the tracking
    server was unreachable are found in git and in .dvc/tmp/tracking. Runs that you deleted stay
    deleted.
    """
    if relocate:
        _relocate()
    counts, problems = sync(CONFIG)
    news = ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing new"
    if problems:
        raise UserError(f"not everything is in MLflow ({news}):\n" + "\n".join(problems))
    print(f"sync: MLflow has every result ({news})")


def _relocate() -> None:
    from imdb_genres.tracking.relocate import relocate
    from imdb_genres.tracking.store import store_errors

    with store_errors():
        old = relocate(CONFIG)
    print(f"sync: the store moved here from {old}" if old else "sync: the store has not moved")
