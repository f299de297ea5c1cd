"""What an interrupted training leaves behind, so that the next one goes on to the same bytes."""

import json
import shutil
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
from imdb_genres.training.loop import Progress
from imdb_genres.training.trainer import Trainer


class Checkpoint:
    """The state after the last finished epoch, in a file that is replaced whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def save(self, trainer: Trainer, progress: Progress) -> None:
        """Keep all that the next epoch depends on."""
        with atomic_replace(self.path) as temporary, temporary.open("wb") as file:
            np.savez(file, **_arrays(trainer, progress))  # type: ignore[arg-type]

    def restore(self, trainer: Trainer, progress: Progress) -> bool:
        """Put ``trainer`` and ``progress`` where they were; False if there is nothing whole."""
        try:
            with np.load(self.path) as file:
                arrays = dict(file)
        except (FileNotFoundError, BadZipFile, ValueError, EOFError):
            return False
        progress.history, progress.best_loss, progress.best_epoch = json.loads(
            str(arrays["progress"])
        )
        best = sum(name.startswith("best") for name in arrays)
        progress.best_weights = [arrays[f"best{n}"] for n in range(best)]
        for number, variable in enumerate(_variables(trainer)):
            variable.assign(arrays[f"state{number}"])
        return True


@contextmanager
def checkpoint_of(stage: str) -> Iterator[Checkpoint | None]:
    """Yield the checkpoint of all that determines ``stage``'s result; remove it on success.

    It lies in the real repository, even for a temporary workspace of DVC, which is not there any
    more when the user tries again. None if another process is training the very same thing.
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


def _arrays(trainer: Trainer, progress: Progress) -> dict[str, np.ndarray]:
    told = json.dumps([progress.history, progress.best_loss, progress.best_epoch])
    return {
        "progress": np.array(told),
        **{f"state{n}": np.asarray(v) for n, v in enumerate(_variables(trainer))},
        **{f"best{n}": weights for n, weights in enumerate(progress.best_weights)},
    }


def _variables(trainer: Trainer) -> list[Any]:
    return [*trainer.network.variables, *trainer.optimizer.variables]
