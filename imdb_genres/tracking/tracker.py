"""What stages call: a ``Tracker`` reports a stage to its journal. Nothing here imports MLflow."""

import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from imdb_genres.dvc_repo.fingerprint import fingerprint
from imdb_genres.dvc_repo.lockfile import read_lock
from imdb_genres.dvc_repo.resource_usage import as_metrics, load_usage, measure
from imdb_genres.hashing import dvc_md5, short_hash
from imdb_genres.tracking import spawn
from imdb_genres.tracking.address import redact, tracking_uri
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.identity import LOSES_EXPERIMENT, new_record
from imdb_genres.tracking.journal import Journal
from imdb_genres.tracking.record import (
    Point,
    Record,
    final_points,
    history_points,
    history_rows,
    now,
)


class Run(Protocol):
    """What a stage reports while it runs."""

    outcome: str | None
    """After the block: what ``on_evaluated`` decided, in one sentence."""

    def log_epoch(self, row: Mapping[str, float]) -> None:
        """Log one row of the history: ``epoch``, and the metrics by name."""

    def log_scores(self, scores: Mapping[str, Any]) -> None:
        """Log final metrics, named as ``dvc metrics show`` names them."""

    def log_artifacts(self, folder: Path) -> None:
        """Add the files of ``folder`` to the run, under the folder's name."""


class Untracked:
    """A run that is not recorded."""

    outcome: str | None = None

    def log_epoch(self, row: Mapping[str, float]) -> None:
        """Do nothing."""

    def log_scores(self, scores: Mapping[str, Any]) -> None:
        """Do nothing."""

    def log_artifacts(self, folder: Path) -> None:
        """Do nothing."""


class JournaledRun:
    """A run whose stage appends to a journal. No error of the store or the disk stops the stage."""

    def __init__(self, config: TrackingConfig, record: Record) -> None:
        self.config = config
        self.record = record
        self.outcome: str | None = None
        self.journal: Journal | None = None
        record.store = short_hash(tracking_uri())

    def start(self) -> None:
        """Create the journal, and start an uploader unless one is running."""
        with self._surviving():
            self.journal = Journal.create(self.record)
            spawn.start_uploader(self.config)

    def log_epoch(self, row: Mapping[str, float]) -> None:
        """Log one row of the history: ``epoch``, and the metrics by name."""
        self._log(history_points([row], now()))

    def log_scores(self, scores: Mapping[str, Any]) -> None:
        """Log final metrics, named as ``dvc metrics show`` names them."""
        self._log(final_points(scores, now()))

    def log_artifacts(self, folder: Path) -> None:
        """Add the files of ``folder`` to the run, under the folder's name."""
        with self._surviving():
            if self.journal:
                self.journal.copy_artifacts(folder)

    def log_history(self) -> None:
        """Log what the history file has and this process has not logged."""
        history = self.config.history
        if history.exists():
            points = history_points(history_rows(history.read_text(encoding="utf-8")), now())
            known = {point.position for point in self.record.points}
            self._log([point for point in points if point.position not in known])

    def keep_model(self) -> None:
        """Tag the run with its model, and keep the model for the uploader."""
        self.record.tags["dvc.model_md5"] = dvc_md5(self.config.model)
        with self._surviving():
            if self.journal:
                self.journal.append(tags=self.record.tags)
                if self.config.keep_model:
                    self.config.keep_model(self.journal.folder)

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Close the run when the block ends: FINISHED, FAILED or KILLED, with the error."""
        try:
            yield
        except BaseException as error:
            self.fail(error)
            raise
        self.record.datasets = self.config.datasets(self.record.stage)
        self._close("FINISHED")

    def fail(self, error: BaseException) -> None:
        """Close the run as FAILED, or as KILLED where the stage was stopped, with the error."""
        stopped = isinstance(error, KeyboardInterrupt | SystemExit)
        message = traceback.format_exception_only(error)[-1].strip()
        self.record.tags["error"] = redact(f"{self.record.stage}: {message}")
        self._close("KILLED" if stopped else "FAILED")

    def _close(self, status: str) -> None:
        usage = load_usage(read_lock()) | as_metrics(self.record.stage, measure())
        self._log(final_points(usage, now()))
        with self._surviving():
            if self.journal:
                self.journal.append(
                    tags=self.record.tags,
                    datasets=self.record.datasets,
                    status=status,
                    ended=now(),
                )
                result = spawn.wait_for_upload(self.config, self.journal)
                self.outcome = result.get("outcome")
                if error := result.get("error"):
                    _warn(f"{error}. The run is kept")

    def _log(self, points: list[Point]) -> None:
        self.record.points += points
        with self._surviving():
            if self.journal and points:
                self.journal.append(points=points)

    @contextmanager
    def _surviving(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # a full disk must not cost a training
            self.journal = None
            _warn(f"{error}. What was written so far is kept")


def _warn(message: str) -> None:
    print(
        f"tracking: {redact(message)} in .dvc/tmp/tracking; `imdb-genres sync` uploads it.",
        file=sys.stderr,
    )


class Tracker:
    """Tracks the stages of one pipeline."""

    def __init__(self, config: TrackingConfig) -> None:
        self.config = config
        self.active = False  # whether this process has tracked a run

    @contextmanager
    def training(self) -> Iterator[Run]:
        """Track a training in a new run, or in the one that was interrupted or is repeated.

        The model and the history must be complete when the block ends.
        """
        if spawn.tracking_disabled():
            yield Untracked()
            return
        stage = self.config.train_stage
        run = self._start(stage, {"dvc.train_key": fingerprint(stage)})
        with run.ending():
            yield run
            run.keep_model()
            run.log_history()

    @contextmanager
    def evaluation(self) -> Iterator[Run]:
        """Track an evaluation on the run that trained the model, or on a new one with its history."""
        if spawn.tracking_disabled():
            yield Untracked()
            return
        run = self._start(self.config.evaluate_stage, {"dvc.model_md5": dvc_md5(self.config.model)})
        with run.ending():
            run.log_history()
            run.keep_model()
            yield run

    def record_failed_stage(self, stage: str, error: BaseException) -> None:
        """Give an experiment that failed in an earlier stage a run with the error."""
        if spawn.in_experiment() and not spawn.tracking_disabled() and not self.active:
            with suppress(Exception):  # the error itself is what counts
                self._start(stage, {}).fail(error)

    def _start(self, stage: str, tags: dict[str, str]) -> JournaledRun:
        self.active = True
        run = JournaledRun(self.config, new_record(self.config, stage, tags))
        if run.record.tags["restore"] == f"none: {LOSES_EXPERIMENT}":
            print(f"tracking: {LOSES_EXPERIMENT}", file=sys.stderr)
        run.start()
        return run
