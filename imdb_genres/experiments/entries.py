"""Collects the leaderboard's entries from git, DVC's cache and the MLflow store."""

import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pyarrow import ArrowException

from imdb_genres.dvc_repo.cache import copy_cached
from imdb_genres.errors import UserError
from imdb_genres.evaluation.experiment_result import Result, make_result
from imdb_genres.evaluation.findings import EVALUATION
from imdb_genres.evaluation.predictions import PREDICTIONS, PredictionTable
from imdb_genres.experiments.leaderboard_entry import Entry, merge
from imdb_genres.experiments.results import from_mlflow
from imdb_genres.registry.tracker import CONFIG
from imdb_genres.tracking.parameters import committed_params
from imdb_genres.tracking.revisions import (
    Revision,
    evaluation_outputs,
    restored_record,
    revisions,
)

if TYPE_CHECKING:
    from mlflow.entities import Run

WORKSPACE, HEAD = "workspace", "HEAD"
UNREADABLE = (ArrowException, ValueError, OSError)  # raised for corrupt predictions
baseline_params = cache(committed_params)  # experiments have few baselines; each call starts git


def collect_entries() -> list[Entry]:
    """Return one entry per result that DVC, MLflow or both have.

    Without MLflow's store, a message says so and DVC's results are returned.
    """
    entries = [entry for revision in revisions() if (entry := revision_entry(revision))]
    # the workspace and HEAD first: merge keeps the first baseline of equal results
    entries.sort(key=lambda entry: entry.names[0] not in (WORKSPACE, HEAD))
    return merge([*entries, *map(run_entry, _stored_runs())])


def _stored_runs() -> list["Run"]:
    from imdb_genres.tracking.opening import list_runs  # MLflow's import takes seconds

    try:
        return list_runs(CONFIG)
    except UserError as error:
        print(f"These are the results of git and DVC alone: {error}", file=sys.stderr)
        return []


def revision_entry(revision: Revision) -> Entry | None:
    """Return the result that ``revision`` holds, or None if it has no model."""
    record = restored_record(CONFIG, revision)
    if record is None:
        return None
    outputs = evaluation_outputs(CONFIG, revision.read_lock())
    name = revision.experiment or (HEAD if revision.commit else WORKSPACE)
    baseline = revision.baseline or ("" if revision.commit else HEAD)
    return Entry(
        names=[name],
        params=record.params,
        baseline_params=baseline_params(baseline) if baseline else None,
        metrics={point.key: point.value for point in record.points if point.step == 0},
        model_md5=record.tags["dvc.model_md5"],
        started=record.started,
        load_result=cache(
            lambda: _cached_result(name, record.params, outputs.get(EVALUATION.as_posix(), ""))
        ),
    )


def run_entry(run: "Run") -> Entry:
    """Return the result of an MLflow run."""
    tags = run.data.tags
    baseline = tags.get("dvc.exp_baseline_rev") or tags.get("mlflow.source.git.commit")
    return Entry(
        names=[run.info.run_name],
        params={name: run.data.params[name] for name in CONFIG.params_to_log(run.data.params)},
        baseline_params=baseline_params(baseline) if baseline else None,
        metrics=run.data.metrics,
        model_md5=tags.get("dvc.model_md5", ""),
        started=run.info.start_time,
        load_result=cache(lambda: _stored_result(run)),
    )


def _cached_result(name: str, params: dict[str, str], md5: str) -> Result | None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / EVALUATION.name
        if not md5 or not copy_cached(md5, target):
            return None
        try:
            predictions = PredictionTable.read(target / Path(PREDICTIONS).name)
            return make_result(name, params, predictions)
        except UNREADABLE:
            return None


def _stored_result(run: "Run") -> Result | None:
    try:
        found = from_mlflow(run.info.run_id)
    except UNREADABLE:
        return None
    return make_result(run.info.run_name, *found) if found else None
