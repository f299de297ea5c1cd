"""The only package that knows MLflow: every run is in the store, whichever way DVC started it.

``training`` and ``evaluation`` wrap the two stages that are tracked; ``imdb-genres sync``
adds what they could not: results from DVC's cache, runs while the server was away.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from imdb_genres.dvc_repo.fingerprint import fingerprint
from imdb_genres.hashing import dvc_md5
from imdb_genres.paths import MODEL
from imdb_genres.tracking.identity import describe
from imdb_genres.tracking.matching import same_attempt, same_model
from imdb_genres.tracking.run import TrackedRun

# an unreachable server is found out in seconds, not in MLflow's four minutes; yours win
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "5")
os.environ.setdefault("PGCONNECT_TIMEOUT", "5")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# they tell of every retry and every migration
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
logging.getLogger("mlflow.store.db.utils").setLevel(logging.ERROR)


class Run(Protocol):
    """What a stage reports while it runs."""

    def log_epoch(self, row: Mapping[str, float]) -> None:
        """Log a line of metrics/history.csv: the epoch's number, and its metrics by name."""

    def log_scores(self, scores: Mapping[str, Any]) -> None:
        """Log the numbers of metrics/scores.json, named as ``dvc metrics show`` names them."""

    def log_artifacts(self, folder: Path) -> None:
        """Add the files of ``folder`` to the run, under the folder's name."""

    def register(self, predictions: Path) -> str | None:
        """Register the run's model with what it predicted; return what became of it, if known."""


class Untracked:
    """A run that nobody records."""

    def log_epoch(self, row: Mapping[str, float]) -> None:
        """Do nothing."""

    def log_scores(self, scores: Mapping[str, Any]) -> None:
        """Do nothing."""

    def log_artifacts(self, folder: Path) -> None:
        """Do nothing."""

    def register(self, predictions: Path) -> None:
        """Do nothing."""


def tracking_disabled() -> bool:
    """Tell whether the user wants no tracking: TRACKING=off; sync can add the results later."""
    return os.environ.get("TRACKING", "on").lower() in ("off", "0", "false", "no")


@contextmanager
def training() -> Iterator[Run]:
    """Track a training in a new run, or in the one that was interrupted or is repeated.

    model/ and metrics/history.csv must be complete when the block ends.
    """
    if tracking_disabled():
        yield Untracked()
        return
    key = fingerprint("train")
    run = TrackedRun("train", describe({"dvc.train_key": key}))
    run.start(lambda store: same_attempt(run.record, store.attempts(run.record)))
    with run.ending():
        yield run
        run.trained()
        run.log_model()


@contextmanager
def evaluation() -> Iterator[Run]:
    """Track an evaluation on the run that trained model/, or on a new one with its history."""
    if tracking_disabled():
        yield Untracked()
        return
    md5 = dvc_md5(MODEL)
    run = TrackedRun("evaluate", describe({"dvc.model_md5": md5}))
    run.replay_history()
    run.start(lambda store: same_model(run.record, store.with_tag("dvc.model_md5", md5)))
    with run.ending():
        run.log_model()
        yield run


def record_failed_stage(stage: str, error: BaseException) -> None:
    """Give an experiment that failed in an earlier stage a run that says so."""
    if "DVC_EXP_NAME" in os.environ and not tracking_disabled() and not TrackedRun.begun:
        with suppress(Exception):  # the error itself is what counts
            run = TrackedRun(stage, describe({}))
            run.start(lambda store: same_attempt(run.record, store.attempts(run.record)))
            run.fail(error)
