"""Tracks a stage while it runs; whatever ails the store, the stage goes on."""

import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imdb_genres.dvc_repo.lockfile import read_lock
from imdb_genres.dvc_repo.resource_usage import load_usage, measure, named
from imdb_genres.hashing import dvc_md5
from imdb_genres.paths import METRICS, MODEL
from imdb_genres.tracking.config import reason, shown_uri
from imdb_genres.tracking.matching import attach_to_run, same_scores
from imdb_genres.tracking.outbox import PendingRun
from imdb_genres.tracking.record import (
    Point,
    Record,
    final_points,
    history_points,
    history_rows,
    now,
)

if TYPE_CHECKING:
    from mlflow.entities import Run as StoredRun

    from imdb_genres.tracking.store import Store
    from imdb_genres.tracking.writer import Writer


class TrackedRun:
    """A run in the store. A store that fails is told once; the record is then kept for sync."""

    begun = False  # whether this process tracks a run

    def __init__(self, stage: str, record: Record) -> None:
        TrackedRun.begun = True
        self.stage = stage
        self.record = record
        self.spool = PendingRun.of(record)
        self.store: Store | None = None
        self.writer: Writer | None = None

    def start(self, find: Callable[["Store"], "StoredRun | None"]) -> None:
        """Open the store and go on with the run that ``find`` returns, or begin one."""
        with self._never_raising():
            from imdb_genres.tracking.store import open_store, store_lock

            with store_lock():
                self.store = open_store()
                found = find(self.store)
                if found:
                    attach_to_run(self.record, found)
                self.writer = self.store.open_run(self.record, found)

    def log_epoch(self, row: Mapping[str, float]) -> None:
        """Log a line of metrics/history.csv: the epoch's number, and its metrics by name."""
        points = history_points([row], now())
        self.record.points += points
        self._write(lambda store, writer: self._log_epoch(store, writer, points))

    def _log_epoch(self, store: "Store", writer: "Writer", points: list[Point]) -> None:
        if writer.conflicts_with(points):  # repeated, with another result: both shall be seen
            writer.restore_status()
            self.record.tags["differs_from"] = writer.id
            self.writer = store.open_run(self.record, None)
        else:
            writer.log(points)

    def log_scores(self, scores: Mapping[str, Any]) -> None:
        """Log the numbers of metrics/scores.json, named as ``dvc metrics show`` names them."""
        points = final_points(scores, now())
        self.record.points += points
        self._write(lambda _, writer: writer.log(points))

    def log_artifacts(self, folder: Path) -> None:
        """Add the files of ``folder`` to the run, under the folder's name."""
        self._write(lambda _, writer: writer.log_artifacts(folder, folder.name))
        if self.writer is None:
            self.spool.copy(folder, folder.name)

    def log_model(self) -> None:
        """Add model/ to the run, ready to be served, unless the run has it."""
        self._write(lambda _, writer: writer.log_model(MODEL))
        if self.writer is None:
            self.spool.keep_model(MODEL)

    def register(self, predictions: Path) -> str | None:
        """Register the run's model with what it predicted; return what became of it, if known."""
        said: list[str] = []
        self._write(lambda store, writer: said.append(store.register(writer.id, predictions)))
        if self.writer is None:
            self.spool.copy(predictions.parent, predictions.parent.name)
        return said[0] if said else None

    def replay_history(self) -> None:
        """Take over metrics/history.csv: what a resumed or an earlier process logged."""
        history = METRICS / "history.csv"
        places = {point.place for point in self.record.points}
        if history.exists():
            points = history_points(history_rows(history.read_text(encoding="utf-8")), now())
            self.record.points += [point for point in points if point.place not in places]

    def trained(self) -> None:
        """Tag the run with its model; DVC skips evaluate for a known one, so take over its scores."""
        self.record.tags["dvc.model_md5"] = dvc_md5(MODEL)
        self.replay_history()
        self._write(lambda store, _: self._take_scores(store))

    def _take_scores(self, store: "Store") -> None:
        runs = store.with_tag("dvc.model_md5", self.record.tags["dvc.model_md5"])
        twin = same_scores(self.record, runs)
        if twin:
            scores = {key: value for key, value in twin.data.metrics.items() if "/" not in key}
            self.record.points += final_points(scores, now())

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Close the run when the block ends: FINISHED, FAILED or KILLED, with the error."""
        try:
            yield
        except BaseException as error:
            self.fail(error)
            raise
        from imdb_genres.tracking.datasets import datasets_of  # the earlier stages need no pyarrow

        self.record.datasets = datasets_of(self.stage)
        self._close("FINISHED")

    def fail(self, error: BaseException) -> None:
        """Close the run as FAILED, or as KILLED where the stage was stopped, with the error."""
        stopped = isinstance(error, KeyboardInterrupt | SystemExit)
        told = traceback.format_exception_only(error)[-1].strip()
        self.record.tags["error"] = f"{self.stage}: {told}"
        self._close("KILLED" if stopped else "FAILED")

    def _close(self, status: str) -> None:
        self.record.status = status
        self.record.ended = now()
        costs = load_usage(read_lock()) | named(self.stage, measure())
        self.record.points += final_points(costs, now())
        self._write(lambda _, writer: writer.close(self.record))

    def _write(self, action: Callable[["Store", "Writer"], None]) -> None:
        if self.store and self.writer:
            with self._never_raising():
                action(self.store, self.writer)
        if self.writer is None:
            self.spool.write(self.record)

    @contextmanager
    def _never_raising(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # a database, a server, a disk: none may cost a training
            self.writer = None
            print(_sentence(error), file=sys.stderr)


def _sentence(error: Exception) -> str:
    return (
        f"tracking: {shown_uri()} does not answer ({reason(error)}). The run goes on, and is "
        "kept in .dvc/tmp/tracking for `imdb-genres sync` to add it later."
    )
