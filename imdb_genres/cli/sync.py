"""Adds to MLflow the results that it does not have yet: `imdb-genres sync`."""

import sys
from shlex import quote

import click

from imdb_genres.errors import UserError
from imdb_genres.registry.tracker import CONFIG
from imdb_genres.tracking.journal import LINES, unfinished_elsewhere
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
    for journal, record in unfinished_elsewhere():
        host = record.tags.get("process.host", "unknown")
        remedy = f"""echo '{{"status": "KILLED"}}' >> {quote(str(journal.folder / LINES))}"""
        print(
            f"sync: the run {record.name} has not ended on the host {host}. If it was killed, run "
            f"`{remedy}` and sync again",
            file=sys.stderr,
        )
    news = ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing new"
    if problems:
        raise UserError(f"not everything is in MLflow ({news}):\n" + "\n".join(problems))
    print(f"sync: MLflow has every result ({news})")
