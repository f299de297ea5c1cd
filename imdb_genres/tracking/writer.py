"""Writes a record into its MLflow run; what the run has already is not written twice."""

import json
import math
from collections.abc import Iterable
from pathlib import Path

from mlflow import MlflowClient, entities
from mlflow.entities import Metric, Param, Run, RunTag

from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.journal import ARTIFACTS
from imdb_genres.tracking.record import Dataset, Point, Record
from imdb_genres.tracking.ui_links import VERDICT, run_description

NOTE = "mlflow.note.content"
METRICS_PER_BATCH = 900  # MLflow's limit is 1,000


class Writer:
    """One run in the store. Methods raise what MLflow raises."""

    def __init__(self, config: TrackingConfig, client: MlflowClient, run: Run) -> None:
        self.config = config
        self.client = client
        self.run = run
        self.id = run.info.run_id
        self.logged: dict[tuple[str, int], float] = {
            (key, 0): value for key, value in run.data.metrics.items()
        }
        for key in run.data.metrics:
            if "/" in key:  # a curve; final scores are known by their last value
                history = self.client.get_metric_history(self.id, key)
                self.logged |= {(key, metric.step): metric.value for metric in history}

    def open(self, record: Record) -> None:
        """Name the run, set it RUNNING, and log the record's parameters, tags and metrics."""
        known = self.run.data.params
        params = [Param(key, value) for key, value in record.params.items() if key not in known]
        self.client.update_run(self.id, "RUNNING", record.name)
        self.client.log_batch(self.id, params=params, tags=_tags(record))
        if "error" in self.run.data.tags and "error" not in record.tags:
            self.client.delete_tag(self.id, "error")
        self.log(record.points)

    def log(self, points: Iterable[Point]) -> None:
        """Log the points that the run does not have, or has with another value."""
        new = [point for point in points if not self._has(point)]
        metrics = [Metric(point.key, point.value, point.timestamp, point.step) for point in new]
        for start in range(0, len(metrics), METRICS_PER_BATCH):
            self.client.log_batch(self.id, metrics=metrics[start : start + METRICS_PER_BATCH])
        self.logged |= {point.position: point.value for point in new}

    def conflicts_with(self, points: Iterable[Point]) -> bool:
        """Tell whether the run has another value at any step of the curves in ``points``."""
        return any(
            point.step and point.position in self.logged and not self._has(point)
            for point in points
        )

    def _has(self, point: Point) -> bool:
        """Tell whether a point was logged, allowing for a round trip through a file."""
        known = self.logged.get(point.position)
        if known is None or math.isnan(known):
            return known is not None and math.isnan(point.value)
        return math.isclose(known, point.value, rel_tol=1e-5)

    def log_files(self, folder: Path, record: Record) -> str | None:
        """Log a journal's artifacts and model; return what ``on_evaluated`` decided."""
        if (folder / ARTIFACTS).exists():
            self.client.log_artifacts(self.id, str(folder / ARTIFACTS))
        if self.config.log_model:
            self.config.log_model(self.client, self.run, folder)
        if not self.config.on_evaluated or record.status != "FINISHED":
            return None
        outcome = self.config.on_evaluated(self.client, self.run, folder)
        if outcome:
            self.client.set_tag(self.id, VERDICT, outcome)
        return outcome

    def close(self, record: Record) -> None:
        """Log what the record has by now, and end the run with its status."""
        self.log(record.points)
        self.client.log_batch(self.id, tags=_tags(record))
        inputs = self.run.inputs.dataset_inputs if self.run.inputs else []
        known = {item.dataset.name for item in inputs}
        datasets = [_input(entry) for entry in record.datasets if entry["name"] not in known]
        if datasets:
            self.client.log_inputs(self.id, datasets)
        self.client.set_terminated(self.id, record.status, record.ended)
        self.describe()

    def describe(self) -> None:
        """Write the run's description, unless the user has edited it."""
        now = self.client.get_run(self.id)
        written = now.data.tags.get(NOTE)
        if written in (None, run_description(self.config, self.run)):
            self.client.set_tag(self.id, NOTE, run_description(self.config, now))
        self.run = now

    def restore_status(self) -> None:
        """Give the run back the status that it had when it was found."""
        self.client.set_terminated(self.id, self.run.info.status, self.run.info.end_time)


def _tags(record: Record) -> list[RunTag]:
    return [RunTag(key, value) for key, value in record.tags.items()]


def _input(data: Dataset) -> entities.DatasetInput:
    source, profile = json.dumps({"uri": data["path"]}), json.dumps({"num_rows": data["rows"]})
    dataset = entities.Dataset(data["name"], data["digest"], "local", source, profile=profile)
    return entities.DatasetInput(
        dataset, [entities.InputTag("mlflow.data.context", data["context"])]
    )
