"""Writes a record into its MLflow run: what the run has already is not written twice."""

import json
from collections.abc import Iterable
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, Run, RunTag

from imdb_genres.registry.logged_models import log_model
from imdb_genres.tracking.record import Point, Record, equal
from imdb_genres.tracking.ui_links import notes

NOTE = "mlflow.note.content"
METRICS_A_BATCH = 900  # MLflow takes 1,000


class Writer:
    """One run in the store. Methods raise what MLflow raises."""

    def __init__(self, client: MlflowClient, run: Run) -> None:
        self.client = client
        self.run = run
        self.id = run.info.run_id
        self.logged: dict[tuple[str, int], float] = {
            (key, 0): v for key, v in run.data.metrics.items()
        }
        for key in run.data.metrics:
            if "/" in key:  # a curve; final scores are known by their last value
                self.logged |= {
                    (key, m.step): m.value for m in client.get_metric_history(self.id, key)
                }

    def open(self, record: Record) -> None:
        """Name the run, set it RUNNING, and give it parameters and tags."""
        params = [
            Param(key, value)
            for key, value in record.params.items()
            if key not in self.run.data.params
        ]
        self.client.update_run(self.id, "RUNNING", record.name)
        self.client.log_batch(self.id, params=params, tags=_tags(record))
        if "error" in self.run.data.tags:
            self.client.delete_tag(self.id, "error")
        self.log(record.points)

    def log(self, points: Iterable[Point]) -> None:
        """Log the points that the run does not have, or has with another value."""
        new = [point for point in points if not equal(self.logged.get(point.place), point.value)]
        metrics = [Metric(point.key, point.value, point.timestamp, point.step) for point in new]
        for start in range(0, len(metrics), METRICS_A_BATCH):
            self.client.log_batch(self.id, metrics=metrics[start : start + METRICS_A_BATCH])
        self.logged |= {point.place: point.value for point in new}

    def conflicts_with(self, points: Iterable[Point]) -> bool:
        """Tell whether the run holds other values at the places of ``points``."""
        known = ((self.logged.get(point.place), point.value) for point in points)
        return any(value is not None and not equal(value, other) for value, other in known)

    def log_artifacts(self, folder: Path, inside: str | None = None) -> None:
        """Copy the files of ``folder`` into the run, ``inside`` a folder of it."""
        self.client.log_artifacts(self.id, str(folder), inside)

    def log_model(self, folder: Path) -> None:
        """Add the model folder to the run, as MLflow serves it."""
        log_model(self.client, self.run, folder)

    def close(self, record: Record) -> None:
        """Write what the record holds by now, and end the run with its status."""
        self.log(record.points)
        self.client.log_batch(self.id, tags=_tags(record))
        if NOTE not in self.run.data.tags:  # the user may write there
            text = notes(self.run.info.experiment_id, self.id)
            self.client.set_tag(self.id, NOTE, text)
        inputs = self.run.inputs.dataset_inputs if self.run.inputs else []
        known = {item.dataset.name for item in inputs}
        datasets = [_input(**entry) for entry in record.datasets if entry["name"] not in known]
        if datasets:
            self.client.log_inputs(self.id, datasets)
        self.client.set_terminated(self.id, record.status, record.ended)

    def restore_status(self) -> None:
        """Give the run back the status that it had when it was found."""
        self.client.set_terminated(self.id, self.run.info.status, self.run.info.end_time)


def _tags(record: Record) -> list[RunTag]:
    return [RunTag(key, value) for key, value in record.tags.items()]


def _input(name: str, path: str, digest: str, context: str, rows: int) -> DatasetInput:
    source, profile = json.dumps({"uri": path}), json.dumps({"num_rows": rows})
    dataset = Dataset(name, digest, "local", source, profile=profile)
    return DatasetInput(dataset, [InputTag("mlflow.data.context", context)])
