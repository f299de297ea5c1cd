"""Adds to MLflow what it does not have: `imdb-genres sync`, as often as you like.

Experiments that DVC took from its run-cache, that ran with TRACKING=off or while the tracking
server was away are found in git and in .dvc/tmp/tracking. Runs that you delete stay deleted.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import click
from filelock import FileLock

from imdb_genres.dvc_repo.git import GitError, git
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.hashing import dvc_md5, short_hash
from imdb_genres.tracking.config import reason, shown_uri, tracking_uri
from imdb_genres.tracking.outbox import PendingRun


@click.command()
def command() -> None:
    """Add to MLflow the results that it does not have yet.

    Experiments that DVC took from its run-cache, that ran with TRACKING=off or while the tracking
    server was unreachable are found in git and in .dvc/tmp/tracking. Runs that you deleted stay
    deleted.
    """
    try:
        done = sync()
    except Exception as error:  # whatever ails the store, said in one sentence
        sys.exit(f"sync: the MLflow store {shown_uri()} does not answer ({reason(error)})")
    news = ", ".join(f"{count} {what}" for what, count in done.items())
    print(f"sync: MLflow has every result ({news or 'nothing new'})")


def sync() -> Counter[str]:
    """Return how many runs were added, completed, and uploaded; quick where nothing is new."""
    folder = repository_root() / ".dvc" / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "synced"
    with FileLock(folder / "sync.lock"):
        state = _state()
        if stamp.exists() and stamp.read_text() == state:
            return Counter()
        from imdb_genres.tracking.backfill import fill
        from imdb_genres.tracking.store import open_store, store_lock

        with store_lock():
            store = open_store()
        done = fill(store)
        stamp.write_text(_state())
    return done


def _state() -> str:
    """Return a hash of all that could make a new run: experiments, results, runs kept on disk."""
    root, uri = repository_root(), tracking_uri()
    results = [root / "dvc.lock", root / "metrics"]
    state = {
        "refs": _refs(root),
        "results": [dvc_md5(path) for path in results if path.exists()],
        "kept": [str(spool.folder) for spool in PendingRun.all()],
        "store": [uri, Path(uri.removeprefix("sqlite:///")).exists()],
    }
    return short_hash(json.dumps(state))


def _refs(root: Path) -> str:
    try:
        return git("for-each-ref", "refs/exps", folder=root) + git("rev-parse", "HEAD", folder=root)
    except GitError:
        return ""
