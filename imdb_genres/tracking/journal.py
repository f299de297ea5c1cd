"""Journals: what stages append while they run, for the uploader to write into the store.

A journal is a folder in .dvc/tmp/tracking. It survives the stage and the uploader, and is removed
when the store has everything.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.tracking.record import Point, Record

RECORD, LINES, STATE = "record.json", "journal.jsonl", "state.json"
NOT_A_JOURNAL = "results"


def journals_folder() -> Path:
    """Return the folder of the journals, in the main checkout for every kind of DVC run."""
    return repository_root() / ".dvc" / "tmp" / "tracking"


class Journal:
    """A folder with one record, the lines appended to it, and the files that belong to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, record: Record) -> Self:
        """Start the journal of this process."""
        journal = cls(journals_folder() / f"{record.started}-{os.getpid()}")
        journal.folder.mkdir(parents=True, exist_ok=True)
        with atomic_replace(journal.folder / RECORD) as temporary:
            temporary.write_text(record.to_json(), encoding="utf-8")
        return journal

    @classmethod
    def all(cls) -> Iterator[Self]:
        """Yield the journals, oldest first."""
        yield from (cls(file.parent) for file in sorted(journals_folder().glob(f"*/{RECORD}")))

    @property
    def artifacts(self) -> Path:
        """The folder of artifacts, laid out as in the run."""
        return self.folder / "artifacts"

    @property
    def result(self) -> Path:
        """The file in which the uploader tells the stage how it went."""
        return self.folder.parent / NOT_A_JOURNAL / f"{self.folder.name}.json"

    def append(self, **fields: Any) -> None:
        """Append a line: ``points`` are added to the record, ``tags`` updated, others replaced."""
        with (self.folder / LINES).open("a", encoding="utf-8") as file:
            file.write(json.dumps(fields) + "\n")

    def read_head(self) -> Record:
        """Return the record as it was at the start; journals of former versions have no lines."""
        return Record.from_json((self.folder / RECORD).read_text(encoding="utf-8"))

    def read_lines(self, record: Record, offset: int = 0) -> int:
        """Apply the complete lines from ``offset`` on to ``record``; return the next offset."""
        lines = self.folder / LINES
        if not lines.exists():
            return offset
        with lines.open("rb") as file:
            file.seek(offset)
            content = file.read()
        complete = content[: content.rfind(b"\n") + 1]  # a kill may have torn the last line
        for line in complete.splitlines():
            _apply(record, json.loads(line))
        return offset + len(complete)

    def read(self) -> Record:
        """Return the record with all complete lines applied."""
        record = self.read_head()
        self.read_lines(record)
        return record

    def has_ended(self) -> bool:
        """Tell whether the stage has closed its run."""
        try:
            return self.read().status != "RUNNING"
        except (OSError, ValueError, TypeError, KeyError):  # damaged, or just removed
            return False

    def copy_artifacts(self, folder: Path) -> None:
        """Copy the files of ``folder``, which may change before they are uploaded."""
        shutil.copytree(folder, self.artifacts / folder.name, dirs_exist_ok=True)

    def read_state(self) -> dict[str, Any]:
        """Return what an uploader that may have died noted: the id of the run."""
        file = self.folder / STATE
        state: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return state

    def write_state(self, **state: Any) -> None:
        """Note what the next uploader must know if this one dies."""
        with atomic_replace(self.folder / STATE) as temporary:
            temporary.write_text(json.dumps(state), encoding="utf-8")

    def write_result(self, **result: Any) -> None:
        """Tell the stage how the upload went."""
        with atomic_replace(self.result) as temporary:
            temporary.write_text(json.dumps(result), encoding="utf-8")

    def remove(self) -> None:
        """Remove what the store has taken; the record goes first, so that no half stays behind."""
        (self.folder / RECORD).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def _apply(record: Record, fields: dict[str, Any]) -> None:
    record.points += [Point(*point) for point in fields.pop("points", ())]
    record.tags |= fields.pop("tags", {})
    for name, value in fields.items():
        setattr(record, name, value)
