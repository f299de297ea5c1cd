"""What stages call: a ``Tracker`` reports a stage to its journal. Nothing here imports MLflow."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from imdb_genres.dvc_repo.fingerprint import fingerprint
from imdb_genres.dvc_repo.resource_usage import usage_so_far
from imdb_genres.hashing import dvc_md5
from imdb_genres.tracking import spawn
from imdb_genres.tracking.address import redact
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.identity import LOSES_EXPERIMENT, NOT_KEPT, new_record
from imdb_genres.tracking.journal import Journal
from imdb_genres.tracking.record import (
    Point,
    Record,
    final_points,
    history_points,
    now,
    parse_history,
)


class Run:
    """What a stage reports while it runs; without a record, nothing is recorded.

    No error of the store or the disk stops the stage.
    """

    def __init__(self, config: TrackingConfig, stage: str, record: Record | None = None) -> None:
        self.config = config
        self.stage = stage
        self.outcome: str | None = None
        """After the block: what ``on_evaluated`` decided, in one sentence."""
        self._logged: set[tuple[str, int]] = set()
        self._journal: Journal | None = None
        if record:
            self._journal = Journal.new(record)
            self._try(lambda journal: journal.write_head(record))
            self._start_uploader()

    def log_epoch(self, row: Mapping[str, float]) -> None:
        """Log one row of the history, such as ``{"epoch": 1, "loss/train": 0.5}``."""
        self._log(history_points([row], now()))

    def log_metrics(self, scores: Mapping[str, Any]) -> None:
        """Log final metrics, named as ``dvc metrics show`` names them."""
        self._log(final_points(scores, now()))

    def log_artifacts(self, folder: Path) -> None:
        """Add the files of ``folder`` to the run, under the folder's name."""
        self._try(lambda journal: journal.copy_artifacts(folder))

    def log_history(self) -> None:
        """Log what the history file has and this process has not logged."""
        history = self.config.history
        if history.exists():
            points = parse_history(history.read_text(encoding="utf-8"), now())
            self._log([point for point in points if point.position not in self._logged])

    def save_model(self) -> None:
        """Tag the run with its model, and save the model for the uploader."""
        tags = {"dvc.model_md5": dvc_md5(self.config.model)}
        self._try(lambda journal: journal.append(tags=tags))
        if save := self.config.save_model:
            self._try(lambda journal: save(journal.folder))

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Close the run when the block ends: FINISHED, FAILED or KILLED, with the error."""
        try:
            yield
        except BaseException as error:
            self.fail(error)
            raise
        self._close("FINISHED", datasets=self.config.datasets(self.stage))

    def fail(self, error: BaseException) -> None:
        """Close the run as FAILED, or as KILLED where the stage was stopped, with the error."""
        stopped = isinstance(error, KeyboardInterrupt | SystemExit)
        message = traceback.format_exception_only(error)[-1].strip()
        tags = {"error": redact(f"{self.stage}: {message}")}
        if os.environ.get("DVC_EXP_NAME"):
            tags["restore"] = f"none: {NOT_KEPT}"
        self._close("KILLED" if stopped else "FAILED", tags=tags)

    def _start_uploader(self) -> None:
        """Start the uploader; where that fails, the journal is kept for the next one."""
        try:
            spawn.start_uploader(self.config)
        except Exception as error:  # no memory for another process, for example
            self._warn(f"the uploader does not start ({error})")

    def _close(self, status: str, **fields: Any) -> None:
        self._try(lambda journal: self._end(journal, status, fields))

    def _end(self, journal: Journal, status: str, fields: dict[str, Any]) -> None:
        """Write the last line; wait for the uploader, or leave the rest to it."""
        result = journal.take_result() or {}  # of the time before: nothing but an error
        usage = final_points(usage_so_far(self.stage), now())
        journal.append(points=usage, status=status, ended=now(), **fields)
        trained = self.stage == self.config.train_stage and status == "FINISHED"
        if trained and not self.config.train_waits:
            self._start_uploader()  # if it has died
        else:
            result = spawn.wait_for_upload(self.config, journal)
        self.outcome = result.get("outcome")
        if error := result.get("error"):
            self._warn(str(error))

    def _log(self, points: list[Point]) -> None:
        self._logged |= {point.position for point in points}
        if points:
            self._try(lambda journal: journal.append(points=points))

    def _try(self, action: Callable[[Journal], object]) -> None:
        """Do something with the journal, if there is one; give it up after an error."""
        if self._journal is None:
            return
        try:
            action(self._journal)
        except Exception as error:  # a full disk must not cost a training
            self._journal = None
            self._warn(f"{error}. The rest of this run is not recorded")

    def _warn(self, message: str) -> None:
        later = f"`{self.config.sync_command}` uploads what is kept in .dvc/tmp/tracking."
        print(f"tracking: {redact(message)}. {later}", file=sys.stderr)


class Tracker:
    """Tracks the stages of one pipeline."""

    def __init__(self, config: TrackingConfig) -> None:
        self.config = config
        self.active = False  # whether this process has tracked a run

    def start_uploader(self) -> None:
        """Start the uploader before a run needs it, for example during the imports of a stage."""
        if not spawn.tracking_disabled():
            with suppress(Exception):  # the run tries it again, and reports why it fails
                spawn.start_uploader(self.config)

    @contextmanager
    def training(self) -> Iterator[Run]:
        """Track a training in a new run, or in the one that was interrupted or is repeated.

        The model and the history must be complete when the block ends.
        """
        stage = self.config.train_stage
        if spawn.tracking_disabled():
            yield Run(self.config, stage)
            return
        run = self._start(stage, {"dvc.train_key": fingerprint(stage)})
        with run.ending():
            yield run
            run.save_model()
            run.log_history()

    @contextmanager
    def evaluation(self) -> Iterator[Run]:
        """Track an evaluation on the run that trained the model, or on a new one with its history."""
        stage = self.config.evaluate_stage
        if spawn.tracking_disabled():
            yield Run(self.config, stage)
            return
        run = self._start(stage, {"dvc.model_md5": dvc_md5(self.config.model)})
        with run.ending():
            run.log_history()
            run.save_model()
            yield run

    def record_failed_stage(self, stage: str, error: BaseException) -> None:
        """Give an experiment that failed in an earlier stage a run with the error."""
        in_experiment = "DVC_EXP_NAME" in os.environ
        if in_experiment and not spawn.tracking_disabled() and not self.active:
            with suppress(Exception):  # the error itself is what counts
                self._start(stage, {}).fail(error)

    def _start(self, stage: str, tags: dict[str, str]) -> Run:
        self.active = True
        record = new_record(self.config, tags)
        if record.tags["restore"] == f"none: {LOSES_EXPERIMENT}":
            print(f"tracking: {LOSES_EXPERIMENT}", file=sys.stderr)
        return Run(self.config, stage, record)
