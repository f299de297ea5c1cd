"""Brings the store up to date with the journals, and with what runs left in git and on disk."""

import json
import re
import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from filelock import FileLock, Timeout

from imdb_genres.dvc_repo.cache import cached_folder
from imdb_genres.dvc_repo.git import GitError, git
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.hashing import dvc_md5, short_hash
from imdb_genres.tracking import address
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.identity import process_exited
from imdb_genres.tracking.journal import Journal
from imdb_genres.tracking.matching import same_model
from imdb_genres.tracking.record import Record
from imdb_genres.tracking.revisions import Revision, restored_record, revisions
from imdb_genres.tracking.spawn import uploader_lock

if TYPE_CHECKING:
    from mlflow.entities import Run

    from imdb_genres.tracking.store import Store

RESTORABLE = re.compile("dvc exp apply|git checkout .* dvc checkout")  # without computing again
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


def fill(store: "Store") -> Counter[str]:
    """Add runs that are missing, and what is missing in runs; return how many of each."""
    from mlflow.entities import ViewType

    counts: Counter[str] = Counter()
    known = defaultdict(list)
    for run in store.search("", ViewType.ALL):
        known[run.data.tags.get("dvc.model_md5")].append(run)
    for revision in revisions():
        record = restored_record(store.config, revision)
        if record is None:
            continue
        runs = known[record.tags["dvc.model_md5"]]
        runs.sort(key=lambda run: run.info.lifecycle_stage)  # 'active' first
        found = same_model(record, runs)
        if found is None:
            runs.append(_add(store, record, revision))
            counts["added"] += 1
        elif found.info.lifecycle_stage == "active" and found.info.status != "RUNNING":
            counts["completed"] += _complete(store, found, record, revision)
    return counts


def _add(store: "Store", record: Record, revision: Revision) -> "Run":
    """Create the run of a result that no process tracked."""
    writer = store.open_run(record, None)
    with _restored_files(store.config, record, revision) as folder:
        writer.log_artifacts(folder / "artifacts")
        if store.config.log_model and (folder / "model").exists():
            store.config.log_model(store.client, writer.run, folder)
            _evaluated(store, writer.id, folder, record)
    writer.close(record)
    return store.client.get_run(writer.id)


def _evaluated(store: "Store", run_id: str, folder: Path, record: Record) -> None:
    from imdb_genres.tracking.ui_links import VERDICT

    if store.config.on_evaluated:
        outcome = store.config.on_evaluated(store.client, run_id, folder)
        if outcome:
            record.tags[VERDICT] = outcome


def _complete(store: "Store", run: "Run", record: Record, revision: Revision) -> bool:
    """Add the metrics, plots and commit that a run lacks; return whether it lacked any."""
    from imdb_genres.tracking.writer import Writer

    writer = Writer(store.config, store.client, run)
    missing = [point for point in record.points if point.key not in run.data.metrics]
    writer.log(missing)
    metrics = store.config.metrics.name
    plots = not store.client.list_artifacts(run.info.run_id, metrics)
    if plots:
        with _restored_files(store.config, record, revision) as folder:
            writer.log_artifacts(folder / "artifacts")
            if store.config.log_model and (folder / "model").exists():
                store.config.log_model(store.client, run, folder)
                _evaluated(store, run.info.run_id, folder, record)
    committed = bool(revision.commit) and not RESTORABLE.match(run.data.tags.get("restore", ""))
    if committed:
        store.client.set_tag(run.info.run_id, "restore", record.tags["restore"])
    if missing or plots or committed:
        writer.describe()
    return bool(missing or plots or committed)


@contextmanager
def _restored_files(config: TrackingConfig, record: Record, revision: Revision) -> Iterator[Path]:
    """Yield a folder laid out as a journal's, with what git and DVC's cache still have."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        artifacts = folder / "artifacts"
        artifacts.mkdir()
        for path in revision.files(config.metrics.as_posix()):
            target = artifacts / config.metrics.name / Path(path).relative_to(config.metrics)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(revision.read(path))
        cached_folder(record.tags["dvc.model_md5"], folder / "model")
        for path, md5 in revision.outputs(config.evaluate_stage).items():
            if md5.endswith(".dir"):
                cached_folder(md5, artifacts / Path(path).name)
        yield folder
