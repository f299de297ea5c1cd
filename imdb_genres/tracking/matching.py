"""Which of the store's runs a record belongs to: found by what it was made from, or what it made."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from imdb_genres.tracking.record import Record

if TYPE_CHECKING:
    from mlflow.entities import Run


def same_attempt(record: Record, runs: Iterable["Run"]) -> "Run | None":
    """Return the one of ``runs`` that ``record`` continues or repeats.

    A training that was interrupted goes on under any name: DVC gives a new experiment a new one.
    A finished one is repeated only under its own; other experiments get runs of their own. An
    experiment that failed before it was trained goes on, too.
    """
    for run in runs:
        key = run.data.tags.get("dvc.train_key")
        same_name = run.info.run_name == record.name
        unfinished = "dvc.model_md5" not in run.data.tags
        same_key = key is not None and key == record.tags.get("dvc.train_key")
        goes_on = same_key and (unfinished or same_name)
        if run.info.status != "RUNNING" and (goes_on or (key is None and same_name)):
            return run
    return None


def same_model(record: Record, runs: Iterable["Run"]) -> "Run | None":
    """Return the run that ``record`` adds scores to, of ``runs`` with its model.

    One experiment is one run, so in an experiment the name must be the same. Elsewhere its own
    name comes first, then the newest. A run with other parameters is another run.
    """
    fitting = [run for run in runs if _agree(run.data.params, record.params)]
    for run in fitting:
        if run.info.run_name == record.name:
            return run
    return None if record.tags.get("dvc.exp_name") else next(iter(fitting), None)


def same_scores(record: Record, runs: Iterable["Run"]) -> "Run | None":
    """Return a run of the same model that was evaluated in the same way."""
    wanted = {key: value for key, value in record.params.items() if key.startswith("evaluate.")}
    for run in runs:
        if run.info.run_id != record.run_id and _agree(run.data.params, wanted):
            return run
    return None


def attach_to_run(record: Record, run: "Run") -> None:
    """Let ``record`` go on in ``run``: a training gives it its identity, an evaluation takes it."""
    if "dvc.train_key" not in record.tags:
        record.name = run.info.run_name
        record.tags = {
            key: value
            for key, value in record.tags.items()
            if key.startswith("process.") or key == "error"
        }


def _agree(params: dict[str, str], others: dict[str, str]) -> bool:
    return all(params[key] == others[key] for key in params.keys() & others.keys())
