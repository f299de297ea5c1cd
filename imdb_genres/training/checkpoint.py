"""Training checkpoints: an interrupted training resumes, and ends with the same bytes."""

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from filelock import FileLock, Timeout

from imdb_genres.dvc_repo.fingerprint import fingerprint
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.training.history import History
from imdb_genres.training.loop import TrainingState
from imdb_genres.training.trainer import Trainer

INTERVAL = 30  # between checkpoints, in durations of the last one: they take 3 % of a training


class Checkpoint:
    """The state after a finished epoch, in a file that is replaced atomically."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._due = 0.0  # of time.perf_counter

    def is_due(self) -> bool:
        """Return whether to save: after the first epoch, then after each ``INTERVAL``."""
        return time.perf_counter() >= self._due

    def save(self, trainer: Trainer, state: TrainingState) -> None:
        """Write everything that the next epoch depends on."""
        start = time.perf_counter()
        self._write(trainer, state)
        now = time.perf_counter()
        self._due = now + INTERVAL * (now - start)

    def _write(self, trainer: Trainer, state: TrainingState) -> None:
        with atomic_replace(self.path) as temporary, temporary.open("wb") as file:
            np.savez(file, **_arrays(trainer, state))  # type: ignore[arg-type]

    def restore(self, trainer: Trainer, state: TrainingState) -> bool:
        """Restore ``trainer`` and ``state``; return False if there is no valid checkpoint."""
        try:
            with np.load(self.path) as file:
                arrays = dict(file)
        except (FileNotFoundError, BadZipFile, ValueError, EOFError):
            return False
        epochs, state.best_loss, state.best_epoch = json.loads(str(arrays["state"]))
        state.history = History(epochs)
        best = sum(name.startswith("best") for name in arrays)
        state.best_weights = [arrays[f"best{n}"] for n in range(best)]
        for number, variable in enumerate(_variables(trainer)):
            variable.assign(arrays[f"variable{number}"])
        return True


@contextmanager
def open_checkpoint(stage: str) -> Iterator[Checkpoint | None]:
    """Yield the checkpoint for everything that determines ``stage``'s result; remove it on success.

    It is stored in the main repository even if DVC runs the stage in a temporary workspace, which
    it removes afterwards. Yields None while another process runs the same training.
    """
    folder = repository_root() / ".dvc" / "tmp" / "checkpoints" / fingerprint(stage)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock", timeout=0)
    with suppress(Timeout):
        lock.acquire()
    try:
        yield Checkpoint(folder / "state.npz") if lock.is_locked else None
        if lock.is_locked:
            shutil.rmtree(folder)
    finally:
        lock.release()


def _arrays(trainer: Trainer, state: TrainingState) -> dict[str, np.ndarray]:
    payload = json.dumps([state.history.epochs, state.best_loss, state.best_epoch])
    return {
        "state": np.array(payload),
        **{f"variable{n}": np.asarray(v) for n, v in enumerate(_variables(trainer))},
        **{f"best{n}": weights for n, weights in enumerate(state.best_weights)},
    }


def _variables(trainer: Trainer) -> list[Any]:
    return [*trainer.network.variables, *trainer.optimizer.variables]
