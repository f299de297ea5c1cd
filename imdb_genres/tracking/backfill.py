"""Adds to the store the results that no process tracked, from git and DVC's cache."""

import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlflow.entities import Run, ViewType

from imdb_genres.dvc_repo.cache import copy_cached
from imdb_genres.dvc_repo.lockfile import output_hashes
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.journal import ARTIFACTS
from imdb_genres.tracking.record import Record
from imdb_genres.tracking.revisions import (
    Revision,
    evaluation_outputs,
    restored_record,
    revisions,
)
from imdb_genres.tracking.store import Store, same_model
from imdb_genres.tracking.writer import Writer

RESTORABLE = re.compile("dvc exp apply|git checkout .* dvc checkout")  # without computing again


def fill(store: Store) -> Counter[str]:
    """Add runs that are missing, and what is missing in runs; return how many of each."""
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
            run = _complete(store, found, record, revision)
            counts["completed"] += run is not found
            runs[runs.index(found)] = run  # the commit and the workspace may be the same result
    return counts


def _add(store: Store, record: Record, revision: Revision) -> Run:
    """Create the run of a result that no process tracked."""
    writer = store.open_run(record, None)
    _log_files(writer, record, revision)
    writer.close(record)
    return writer.run


def _complete(store: Store, run: Run, record: Record, revision: Revision) -> Run:
    """Add the metrics, plots and commit that a run lacks; return it as it is then."""
    writer = Writer(store.config, store.client, run)
    missing = [point for point in record.points if point.key not in run.data.metrics]
    writer.log(missing)
    evaluated = evaluation_outputs(store.config, revision.read_lock())
    plots = evaluated and not store.client.list_artifacts(writer.id, store.config.metrics.name)
    if plots:
        _log_files(writer, record, revision)
    committed = bool(revision.commit) and not RESTORABLE.match(run.data.tags.get("restore", ""))
    if committed:
        store.client.set_tag(writer.id, "restore", record.tags["restore"])
    if missing or plots or committed:
        writer.describe()
    return writer.run


def _log_files(writer: Writer, record: Record, revision: Revision) -> None:
    with _restored_files(writer.config, record, revision) as folder:
        writer.log_files(folder, record)


@contextmanager
def _restored_files(config: TrackingConfig, record: Record, revision: Revision) -> Iterator[Path]:
    """Yield a folder laid out as a journal's, with what git and DVC's cache still have."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        artifacts = folder / ARTIFACTS
        metrics = artifacts / config.metrics.name
        copy_cached(record.tags["dvc.model_md5"], folder / "model")
        lock = revision.read_lock()
        outputs = evaluation_outputs(config, lock)
        if outputs:
            trained, history = output_hashes(lock, config.train_stage), config.history.as_posix()
            outputs[history] = trained.get(history, "")
        for path, md5 in outputs.items():
            if md5.endswith(".dir"):
                copy_cached(md5, artifacts / Path(path).name)
            elif content := revision.read_output(path, md5):
                metrics.mkdir(parents=True, exist_ok=True)
                (metrics / Path(path).name).write_bytes(content)
        yield folder
