"""Runs that their store could not take, kept on disk for ``imdb-genres sync``."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.tracking.record import Record

RECORD = "record.json"


def _folder() -> Path:
    return repository_root() / ".dvc" / "tmp" / "tracking"


class PendingRun:
    """A folder that holds one record, and the artifacts that belong to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, record: Record) -> Self:
        """Return the place for a record of this process; nothing is written yet."""
        return cls(_folder() / f"{record.started}-{os.getpid()}")

    @classmethod
    def all(cls) -> Iterator[Self]:
        """Yield what is kept, oldest first."""
        yield from (cls(file.parent) for file in sorted(_folder().glob(f"*/{RECORD}")))

    @property
    def artifacts(self) -> Path:
        """The folder of artifacts, laid out as in the run."""
        return self.folder / "artifacts"

    @property
    def model(self) -> Path:
        """The run's model folder, if it was kept."""
        return self.folder / "model"

    def write(self, record: Record) -> None:
        """Keep the record as it stands, instead of its earlier state."""
        with atomic_replace(self.folder / RECORD) as temporary:
            temporary.write_text(record.to_json(), encoding="utf-8")

    def read(self) -> Record:
        """Return the record."""
        return Record.from_json((self.folder / RECORD).read_text(encoding="utf-8"))

    def copy(self, folder: Path, inside: str) -> None:
        """Keep the files of ``folder``, which may change before they are uploaded."""
        shutil.copytree(folder, self.artifacts / inside, dirs_exist_ok=True)

    def keep_model(self, folder: Path) -> None:
        """Keep the model folder, to be logged with the run."""
        shutil.copytree(folder, self.model, dirs_exist_ok=True)

    def remove(self) -> None:
        """Forget what the store has taken."""
        shutil.rmtree(self.folder)
