"""The runs of one MLflow experiment: which of them a record belongs to, or a new one."""

import sys
from collections.abc import Iterable
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Run, ViewType
from mlflow.exceptions import MlflowException

from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.journal import CRASHED_MESSAGE, Journal
from imdb_genres.tracking.record import Record, process_exited
from imdb_genres.tracking.ui_links import FAILED_LEFT_OUT
from imdb_genres.tracking.writer import Writer

NEWEST_FIRST = ["attributes.start_time DESC"]


class Store:
    """One experiment of an MLflow store. Methods raise what MLflow raises."""

    def __init__(self, config: TrackingConfig, client: MlflowClient, experiment_id: str) -> None:
        self.config = config
        self.client = client
        self.experiment_id = experiment_id

    def search(self, condition: str = "", view: int = ViewType.ACTIVE_ONLY) -> list[Run]:
        """Return the runs that meet an MLflow filter, newest first."""
        runs: list[Run] = []
        ids, token = [self.experiment_id], None
        while True:
            page = self.client.search_runs(ids, condition, view, 1000, NEWEST_FIRST, token)
            runs += page
            if not (token := page.token):
                return runs

    def with_tag(self, key: str, value: str) -> list[Run]:
        """Return the runs that have a tag, newest first."""
        if "'" in value:  # MLflow's filters have no escape
            return [run for run in self.search() if run.data.tags.get(key) == value]
        return self.search(f"tags.`{key}` = '{value}'")

    def newest(self, count: int) -> list[str]:
        """Return the ids of the newest runs that did not fail."""
        ids = [self.experiment_id]
        page = self.client.search_runs(
            ids, FAILED_LEFT_OUT, max_results=count, order_by=NEWEST_FIRST
        )
        return [run.info.run_id for run in page]

    def find_run(self, record: Record) -> Run | None:
        """Return the run that a record continues or adds to, by what it was made from or made."""
        if record.run_id and (opened := self._get(record.run_id)):  # else another store by now
            return opened
        tags = record.tags
        model = tags.get("dvc.model_md5")
        found = None
        if "dvc.train_key" in tags or model is None:
            keys = [key for key in ("dvc.train_key", "dvc.exp_name") if key in tags]
            attempts = [run for key in keys for run in self.with_tag(key, tags[key])]
            found = same_attempt(record, attempts)
        if found is None and model:
            found = same_model(record, self.with_tag("dvc.model_md5", model))
        return found

    def _get(self, run_id: str) -> Run | None:
        """Return the run of this id, if the store has it."""
        try:
            return self.client.get_run(run_id)
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise

    def open_run(self, record: Record, found: Run | None) -> Writer:
        """Return the writer of ``found``, or of a new run; the record gets its id."""
        run = found or self.client.create_run(
            self.experiment_id, record.started, run_name=record.name
        )
        record.run_id = run.info.run_id
        writer = Writer(self.config, self.client, run)
        writer.open(record)
        return writer

    def close_dead_runs(self) -> None:
        """Mark runs KILLED whose process is gone, unless the uploader still has their journal."""
        pending = {journal.read_run_id() for journal in Journal.all()}
        for run in self.search("attributes.status = 'RUNNING'"):
            if run.info.run_id not in pending and process_exited(run.data.tags):
                self.client.set_tag(run.info.run_id, "error", CRASHED_MESSAGE)
                self.client.set_terminated(run.info.run_id, "KILLED")

    def read_artifact(
        self, name: str, artifact: str, folder: Path
    ) -> tuple[dict[str, str], Path] | None:
        """Copy ``artifact`` of the run of this id or name into ``folder``; None if there is none.

        Of several runs of a name the newest that has it is chosen. Returns its parameters, too.
        """
        run = self._get(name)
        if run and run.info.lifecycle_stage == "active":
            runs = [run]
        else:
            runs = [run for run in self.search() if run.info.run_name == name]
        for run in runs:
            listed = self.client.list_artifacts(run.info.run_id, artifact.rpartition("/")[0])
            if artifact in [entry.path for entry in listed]:
                report_choice(name, len(runs), run)
                local = self.client.download_artifacts(run.info.run_id, artifact, str(folder))
                return run.data.params, Path(local)
        return None


def report_choice(name: str, num_runs: int, chosen: Run) -> None:
    """Say on stderr which run is used where several have its name."""
    if num_runs > 1:
        print(f"{num_runs} runs are named {name}: using run {chosen.info.run_id}", file=sys.stderr)


def same_attempt(record: Record, runs: Iterable[Run]) -> Run | None:
    """Return the one of ``runs`` that ``record`` continues or repeats.

    An interrupted training is resumed under any name: DVC names a new experiment anew. A finished
    one is repeated only under its own name; other experiments get their own runs. An experiment
    that failed before training is continued, too.
    """
    for run in runs:
        key = run.data.tags.get("dvc.train_key")
        same_name = first_name(run) == record.name
        unfinished = "dvc.model_md5" not in run.data.tags
        same_key = key is not None and key == record.tags.get("dvc.train_key")
        continues = same_key and (unfinished or same_name)
        if run.info.status != "RUNNING" and (continues or (key is None and same_name)):
            return run
    return None


def first_name(run: Run) -> str:
    """Return the name that an experiment's run got at first: users rename runs."""
    return str(run.data.tags.get("dvc.exp_name", run.info.run_name))


def same_model(record: Record, runs: Iterable[Run]) -> Run | None:
    """Return the run that ``record`` adds scores to, of ``runs`` with its model.

    One experiment is one run, so in an experiment the name must be the same. Elsewhere a run of
    the same name comes first, then the newest. A run with other parameters is another run.
    """
    candidates = [run for run in runs if _agree(run.data.params, record.params)]
    for run in candidates:
        if first_name(run) == record.name:
            return run
    return None if record.tags.get("dvc.exp_name") else next(iter(candidates), None)


def same_scores(record: Record, runs: Iterable[Run], prefix: str) -> Run | None:
    """Return a run with the same parameters that start with ``prefix``."""
    options = {key: value for key, value in record.params.items() if key.startswith(prefix)}
    return next((run for run in runs if _agree(run.data.params, options)), None)


def _agree(params: dict[str, str], others: dict[str, str]) -> bool:
    return all(params[key] == others[key] for key in params.keys() & others.keys())


def attach_to_run(record: Record, run: Run) -> None:
    """Continue ``run`` with ``record``: a training gives it its identity, an evaluation takes it."""
    if first_name(run) == record.name:
        record.name = run.info.run_name
    if "dvc.train_key" not in record.tags:
        record.name = run.info.run_name
        record.tags = {
            key: value
            for key, value in record.tags.items()
            if key.startswith("process.") or key == "error"
        }
