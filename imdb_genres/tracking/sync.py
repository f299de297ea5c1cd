"""Brings the store up to date with the journals, with git, and with DVC's cache."""

import json
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from filelock import FileLock, Timeout

from imdb_genres.dvc_repo.git import GitError, git
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.hashing import dvc_md5, short_hash
from imdb_genres.tracking import address
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.identity import process_exited
from imdb_genres.tracking.journal import Journal
from imdb_genres.tracking.spawn import uploader_lock

UPLOAD_SECONDS = 120  # how long to wait for an uploader that is at work


class Synced(NamedTuple):
    """What a synchronisation did, and what it could not do."""

    counts: Counter[str]  # runs added, completed, uploaded
    problems: list[str]


def sync(config: TrackingConfig) -> Synced:
    """Upload journals and add missing runs; quick where nothing has changed since the last time.

    Raises UserError for a store that cannot be used.
    """
    folder = repository_root() / ".dvc" / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "synced"
    with FileLock(folder / "sync.lock"):
        state = _state()
        if state and stamp.exists() and stamp.read_text() == state:
            return Synced(Counter(), [])
        from imdb_genres.tracking.backfill import fill  # MLflow's import takes seconds
        from imdb_genres.tracking.store import open_store, store_errors, store_lock

        with store_errors():
            with store_lock():
                store = open_store(config)
            uploaded, problems = _upload_journals(config)
            counts = fill(store) + Counter(uploaded=uploaded)
        if not problems:
            stamp.write_text(_state())
    return Synced(+counts, problems)  # without zeros


def _state() -> str:
    """Return a hash of all that could add a run, and of the runs that the store has.

    It is empty where the store's runs cannot be listed cheaply: compare everything, then.
    """
    runs = _stored_runs()
    if runs is None:
        return ""
    root = repository_root()
    results = [root / "dvc.lock", root / "metrics"]
    state = {
        "refs": _refs(root),
        "results": [dvc_md5(path) for path in results if path.exists()],
        "journals": [str(journal.folder) for journal in Journal.all()],
        "store": [address.tracking_uri(), runs],
    }
    return short_hash(json.dumps(state))


def _stored_runs() -> list[list[str]] | None:
    """Return the ids of a sqlite store's runs, whatever replaced the file; else None."""
    path = address.database_path(address.tracking_uri())
    if path is None or not path.is_file():
        return None
    query = "SELECT run_uuid, lifecycle_stage, status FROM runs ORDER BY run_uuid"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as database:
            return [list(row) for row in database.execute(query)]
    except sqlite3.Error:
        return None


def _refs(root: Path) -> str:
    try:
        return git("for-each-ref", "refs/exps", folder=root) + git("rev-parse", "HEAD", folder=root)
    except GitError:
        return ""


def _upload_journals(config: TrackingConfig) -> tuple[int, list[str]]:
    """Upload the journals of ended runs; return how many, and what went wrong."""
    from imdb_genres.tracking.uploader import Uploader

    before, problems = sum(_ended(journal) for journal in Journal.all()), []
    try:
        with uploader_lock(timeout=0.5):
            uploader = Uploader(config)
            for journal in [journal for journal in Journal.all() if _ended(journal)]:
                try:
                    uploader.advance(journal)
                except Exception as error:
                    problems.append(f"{journal.folder}: {address.error_message(error)}")
    except Timeout:  # another process uploads
        end = time.monotonic() + UPLOAD_SECONDS
        while any(map(_ended, Journal.all())) and time.monotonic() < end:
            time.sleep(0.2)
    return before - sum(_ended(journal) for journal in Journal.all()), problems


def _ended(journal: Journal) -> bool:
    """Tell whether a journal is complete, or its process is gone, or it cannot be read."""
    try:
        record = journal.read()
    except (OSError, ValueError, TypeError, KeyError):
        return True
    return record.status != "RUNNING" or process_exited(record.tags)
