"""Brings a store up to date with what runs left in git and on disk."""

import re
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from mlflow.entities import Run, ViewType
from mlflow.exceptions import MlflowException

from imdb_genres.dvc_repo.cache import cached_folder
from imdb_genres.evaluation.experiment_result import PREDICTIONS
from imdb_genres.paths import METRICS
from imdb_genres.tracking.identity import process_exited
from imdb_genres.tracking.matching import attach_to_run, same_attempt, same_model
from imdb_genres.tracking.outbox import PendingRun
from imdb_genres.tracking.record import Record
from imdb_genres.tracking.revisions import Revision, restored_record, revisions
from imdb_genres.tracking.store import CRASHED_MESSAGE, Store
from imdb_genres.tracking.writer import Writer

# what brings a result back without computing it again
RESULT_KEPT = re.compile("dvc exp apply|git checkout .* dvc checkout")


def fill(store: Store) -> Counter[str]:
    """Add runs that are missing, and what is missing in runs; return how many of each."""
    done: Counter[str] = Counter()
    for spool in PendingRun.all():
        done["uploaded"] += upload(store, spool)
    known = defaultdict(list)
    for run in store.search("", ViewType.ALL):
        known[run.data.tags.get("dvc.model_md5")].append(run)
    for revision in revisions():
        record = restored_record(revision)
        if record is None:
            continue
        runs = known[record.tags["dvc.model_md5"]]
        runs.sort(key=lambda run: run.info.lifecycle_stage)  # 'active' first
        found = same_model(record, runs)
        if found is None:
            runs.append(add(store, record, revision))
            done["added"] += 1
        elif found.info.lifecycle_stage == "active" and found.info.status != "RUNNING":
            done["completed"] += complete(store, found, record, revision)
    return +done  # without zeros


def upload(store: Store, spool: PendingRun) -> bool:
    """Write a run that was kept on disk into the store, and forget it; False if it still goes on."""
    record = spool.read()
    if record.status == "RUNNING":
        if not process_exited(record.tags):
            return False
        record.status = "KILLED"
        record.tags["error"] = CRASHED_MESSAGE
    found = _found(store, record)
    if found:
        attach_to_run(record, found)
    writer = store.open_run(record, found)
    if spool.artifacts.exists():
        writer.log_artifacts(spool.artifacts)
    if spool.model.exists():
        writer.log_model(spool.model)
    if (spool.artifacts / PREDICTIONS).exists():
        store.register(writer.id, spool.artifacts / PREDICTIONS)
    writer.close(record)
    spool.remove()
    return True


def _found(store: Store, record: Record) -> Run | None:
    if record.run_id:
        try:
            return store.client.get_run(record.run_id)
        except MlflowException:  # another store by now
            record.run_id = None
    model = record.tags.get("dvc.model_md5")
    trained = "dvc.train_key" in record.tags
    found = same_attempt(record, store.attempts(record)) if trained else None
    if found is None and model:
        found = same_model(record, store.with_tag("dvc.model_md5", model))
    return found


def add(store: Store, record: Record, revision: Revision) -> Run:
    """Create the run of a result that no process tracked."""
    writer = store.open_run(record, None)
    _copy_metrics(writer, revision)
    _copy_model(writer, record.tags["dvc.model_md5"])
    writer.close(record)
    return store.client.get_run(writer.id)


def complete(store: Store, run: Run, record: Record, revision: Revision) -> bool:
    """Add the metrics, plots and commit that a run lacks; tell whether it lacked any."""
    writer = Writer(store.client, run)
    missing = [point for point in record.points if point.key not in run.data.metrics]
    writer.log(missing)
    plots = not store.client.list_artifacts(run.info.run_id, METRICS.name)
    if plots:
        _copy_metrics(writer, revision)
    committed = bool(revision.commit) and not RESULT_KEPT.match(run.data.tags.get("restore", ""))
    if committed:
        store.client.set_tag(run.info.run_id, "restore", record.tags["restore"])
    return bool(missing or plots or committed)


def _copy_model(writer: Writer, md5: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        model = Path(name) / "model"
        if cached_folder(md5, model):
            writer.log_model(model)


def _copy_metrics(writer: Writer, revision: Revision) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in revision.files(METRICS.name):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(revision.read(path))
        writer.log_artifacts(folder)
