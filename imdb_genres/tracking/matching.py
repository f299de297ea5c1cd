"""Finds the run that a record belongs to, by what it was made from or what it made."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from imdb_genres.tracking.record import Record

if TYPE_CHECKING:
    from mlflow.entities import Run


def same_attempt(record: Record, runs: Iterable["Run"]) -> "Run | None":
    """Return the one of ``runs`` that ``record`` continues or repeats.

    An interrupted training is resumed under any name: DVC names a new experiment anew. A finished
    one is repeated only under its own name; other experiments get their own runs. An experiment
    that failed before training is continued, too.
    """
    for run in runs:
        key = run.data.tags.get("dvc.train_key")
        same_name = run.info.run_name == record.name
        unfinished = "dvc.model_md5" not in run.data.tags
        same_key = key is not None and key == record.tags.get("dvc.train_key")
        continues = same_key and (unfinished or same_name)
        if run.info.status != "RUNNING" and (continues or (key is None and same_name)):
            return run
    return None


def same_model(record: Record, runs: Iterable["Run"]) -> "Run | None":
    """Return the run that ``record`` adds scores to, of ``runs`` with its model.

    One experiment is one run, so in an experiment the name must be the same. Elsewhere a run of
    the same name comes first, then the newest. A run with other parameters is another run.
    """
    candidates = [run for run in runs if _agree(run.data.params, record.params)]
    for run in candidates:
        if run.info.run_name == record.name:
            return run
    return None if record.tags.get("dvc.exp_name") else next(iter(candidates), None)


def same_scores(record: Record, runs: Iterable["Run"], prefix: str) -> "Run | None":
    """Return a run of the same model with the same parameters that start with ``prefix``."""
    options = {key: value for key, value in record.params.items() if key.startswith(prefix)}
    for run in runs:
        if run.info.run_id != record.run_id and _agree(run.data.params, options):
            return run
    return None


def attach_to_run(record: Record, run: "Run") -> None:
    """Continue ``run`` with ``record``: a training gives it its identity, an evaluation takes it."""
    if "dvc.train_key" not in record.tags:
        record.name = run.info.run_name
        record.tags = {
            key: value
            for key, value in record.tags.items()
            if key.startswith("process.") or key == "error"
        }


def _agree(params: dict[str, str], others: dict[str, str]) -> bool:
    return all(params[key] == others[key] for key in params.keys() & others.keys())
