"""Brings the store up to date with the journals, with git, and with DVC's cache."""

import json
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from filelock import FileLock, Timeout

from imdb_genres.dvc_repo.git import GitError, git
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.hashing import dvc_md5, short_hash
from imdb_genres.tracking import address
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.journal import RECORD, Journal
from imdb_genres.tracking.record import Record
from imdb_genres.tracking.spawn import uploader_lock

if TYPE_CHECKING:
    from imdb_genres.tracking.uploader import Uploader

UPLOAD_SECONDS = 120  # how long to wait for an uploader that is at work
RUNS = "SELECT run_uuid, lifecycle_stage, status FROM runs ORDER BY run_uuid"
ARTIFACT_COLUMNS = ("artifact_location", "artifact_uri", "source", "storage_location")


class Synced(NamedTuple):
    """What a synchronisation did, and what it could not do."""

    counts: Counter[str]  # runs added, completed, uploaded
    problems: list[str]


def sync(config: TrackingConfig, every_store: bool = True) -> Synced:
    """Upload journals and add missing runs; quick where nothing has changed since the last time.

    With ``every_store`` journals meant for another store are uploaded to this one, unless an
    uploader of theirs is at work. Raises UserError for a store that cannot be used.
    """
    folder = repository_root() / ".dvc" / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "synced"
    with FileLock(folder / "sync.lock"):
        state = _state(every_store)
        if state and stamp.exists() and stamp.read_text() == state:
            return Synced(Counter(), [])
        from imdb_genres.tracking.backfill import fill  # MLflow's import takes seconds
        from imdb_genres.tracking.opening import open_store, store_errors, store_lock

        with store_errors():
            with store_lock():
                store = open_store(config)
            uploaded, problems = _upload_journals(config, every_store)
            counts = fill(store) + Counter(uploaded=uploaded)
        if not problems and not _ended_journals(every_store):
            stamp.write_text(_state(every_store))
    return Synced(+counts, problems)  # without zeros


def _state(every_store: bool) -> str:
    """Return a hash of all that could add a run, and of the runs that the store has.

    It is empty where the store's runs cannot be listed cheaply: compare everything, then.
    """
    root, uri = repository_root(), address.tracking_uri()
    path = address.database_path(uri)
    if path is None or not path.is_file():
        return ""
    results = [root / "dvc.lock", root / "metrics"]
    try:
        state = {
            "refs": _refs(root),
            "results": [dvc_md5(path) for path in results if path.exists()],
            "journals": [str(journal.folder) for journal in _ended_journals(every_store)],
            "store": [uri, address.query_database(path, RUNS)],
        }
    except (sqlite3.Error, OSError):  # OSError: DVC is replacing the results
        return ""
    return short_hash(json.dumps(state))


def _refs(root: Path) -> str:
    try:
        return git("for-each-ref", "refs/exps", folder=root) + git("rev-parse", "HEAD", folder=root)
    except GitError:
        return ""


def _upload_journals(config: TrackingConfig, every_store: bool) -> tuple[int, list[str]]:
    """Upload the journals of ended runs; return how many, and what went wrong."""
    from imdb_genres.tracking.uploader import Uploader

    ended, problems = _ended_journals(every_store), []
    uploader = Uploader(config)
    for store in sorted({record.store or uploader.own for record in ended.values()}):
        try:
            with uploader_lock(timeout=0.5, store=store):
                for journal, record in _ended_journals(every_store).items():
                    if (record.store or uploader.own) == store:
                        problems += _advance(uploader, journal, record)
        except Timeout:  # another process uploads
            if store == uploader.own:
                _wait_for_uploader()
    problems += [
        f"{journal.folder} cannot be read"
        for journal in Journal.all()
        if not journal.read() and (journal.folder / RECORD).exists()  # else it was just uploaded
    ]
    return len(ended) - len(_ended_journals(every_store)), problems


def _advance(uploader: "Uploader", journal: Journal, record: Record) -> list[str]:
    try:
        uploader.advance(journal, record)
    except Exception as error:
        return [f"{journal.folder}: {address.error_message(error)}"]
    return []


def _wait_for_uploader() -> None:
    end = time.monotonic() + UPLOAD_SECONDS
    while _ended_journals(every_store=False) and time.monotonic() < end:
        time.sleep(0.2)


def _ended_journals(every_store: bool) -> dict[Journal, Record]:
    """Return the journals of ended runs, of this store alone or of every one."""
    own = (None, short_hash(address.tracking_uri()))
    records = {journal: journal.read() for journal in Journal.all()}
    return {
        journal: record
        for journal, record in records.items()
        if record and record.status != "RUNNING" and (every_store or record.store in own)
    }


def relocate(config: TrackingConfig) -> Path | None:
    """Point all artifacts of the project's own store to its present folder; return the old one.

    Returns None where nothing was moved. Raises UserError for a store that cannot be used, and for
    another kind of store.
    """
    from imdb_genres.tracking.opening import moved_from, open_client, store_errors, store_lock

    uri = address.tracking_uri()
    path = address.database_path(uri)
    if path is None or not path.exists():
        raise UserError(
            f"{address.shown_uri()} is not the project's own store: nothing to relocate"
        )
    with store_errors():
        experiment = open_client(config.sync_command, uri).get_experiment_by_name(config.experiment)
        old = moved_from(experiment, uri) if experiment else None
        if old is None:
            return None
        new = repository_root()
        with store_lock(), closing(sqlite3.connect(path)) as database, database:
            for name in ("mlartifacts", "mlruns"):
                _replace_prefix(database, (old / name).as_uri(), (new / name).as_uri())
                _replace_prefix(database, str(old / name), str(new / name))
    return old


def _replace_prefix(database: sqlite3.Connection, before: str, after: str) -> None:
    """Replace what addresses of artifacts start with."""
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        for _, column, *_ in database.execute(f'PRAGMA table_info("{table}")').fetchall():
            if column in ARTIFACT_COLUMNS:
                database.execute(
                    f'UPDATE "{table}" SET "{column}" = ? || substr("{column}", ?) '
                    f'WHERE substr("{column}", 1, ?) = ?',
                    (after, len(before) + 1, len(before), before),
                )
