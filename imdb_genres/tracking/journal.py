"""Journals: what stages append while they run, for the uploader to write into the store.

A journal is a folder in .dvc/tmp/tracking. It survives the stage and the uploader, and is removed
when the store has everything.
"""

import json
import os
import platform
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self, TypedDict, Unpack

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.io.atomic import write_json
from imdb_genres.tracking.record import Point, Record, now, process_exited

RECORD, LINES, STATE = "record.json", "journal.jsonl", "state.json"
RESULTS = "results"  # next to the journals
ARTIFACTS = "artifacts"
CRASHED_MESSAGE = "the process died unexpectedly: killed, out of memory or power failure"
RESULT_SECONDS = 86_400  # that a result is kept for a stage to fetch
MAX_LOG = 1_000_000  # bytes


class UploadResult(TypedDict, total=False):
    """How an upload ended: what ``on_evaluated`` decided, or the error of the store."""

    outcome: str | None
    error: str


def journals_folder() -> Path:
    """Return the folder of the journals, in the main checkout for every kind of DVC run."""
    return repository_root() / ".dvc" / "tmp" / "tracking"


class Journal:
    """A folder with one record, the lines appended to it, and the files that belong to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def new(cls, record: Record) -> Self:
        """Return the journal of this process, which ``write_head`` starts."""
        return cls(journals_folder() / f"{record.started}-{os.getpid()}")

    @classmethod
    def all(cls) -> Iterator[Self]:
        """Yield the journals, oldest first."""
        yield from (cls(file.parent) for file in sorted(journals_folder().glob(f"*/{RECORD}")))

    @property
    def result(self) -> Path:
        """The file with the outcome of the upload, for the stage."""
        return self.folder.parent / RESULTS / f"{self.folder.name}.json"

    def write_head(self, record: Record) -> None:
        """Write the record as it is at the start of the run."""
        write_json(self.folder / RECORD, asdict(record))

    def append(self, **fields: Any) -> None:
        """Append a line: ``points`` are added to the record, ``tags`` updated, others replaced."""
        with (self.folder / LINES).open("a", encoding="utf-8") as file:
            file.write(json.dumps(fields) + "\n")

    def read(self) -> Record | None:
        """Return the run's record so far; None if it is corrupt or has just been removed.

        A run whose process died is KILLED.
        """
        try:
            record = self._parse()
            if record.status == "RUNNING" and process_exited(record.tags):
                record = self._parse()  # it may have written its status since
                if record.status == "RUNNING":
                    record.status, record.ended = "KILLED", now()
                    record.tags["error"] = CRASHED_MESSAGE
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return record

    def _parse(self) -> Record:
        fields = json.loads((self.folder / RECORD).read_text(encoding="utf-8"))
        points = fields.pop("points")
        lines = self.folder / LINES
        content = lines.read_bytes() if lines.exists() else b""  # former versions had no lines
        complete = content[: content.rfind(b"\n") + 1]  # a kill may have torn the last line
        for more in map(json.loads, complete.splitlines()):
            points += more.pop("points", ())
            fields["tags"] |= more.pop("tags", {})
            fields |= more
        last = {point.position: point for point in (Point(*point) for point in points)}
        fields.pop("stage", None)  # of former versions
        return Record(**fields, points=list(last.values()))

    def copy_artifacts(self, folder: Path) -> None:
        """Copy the files of ``folder``, which may change before they are uploaded."""
        shutil.copytree(folder, self.folder / ARTIFACTS / folder.name, dirs_exist_ok=True)

    def read_run_id(self) -> str | None:
        """Return the id of the run that an uploader, which may have died, has opened."""
        file = self.folder / STATE
        state: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return state.get("run_id")

    def write_run_id(self, run_id: str) -> None:
        """Note the run for the next uploader, should this one die."""
        write_json(self.folder / STATE, {"run_id": run_id})

    def write_result(self, **result: Unpack[UploadResult]) -> None:
        """Write the outcome of the upload, for the stage."""
        write_json(self.result, result)

    def take_result(self) -> UploadResult | None:
        """Return what the uploader has told, and forget it; None if it has told nothing."""
        if not self.result.exists():
            return None
        result: UploadResult = json.loads(self.result.read_text(encoding="utf-8"))
        self.result.unlink()
        return result

    def remove(self) -> None:
        """Remove an uploaded journal; the record first, so that no partial journal is ever read."""
        (self.folder / RECORD).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def unfinished_elsewhere() -> Iterator[tuple[Journal, Record]]:
    """Yield journals of other hosts whose runs have not ended, or were killed: none can tell here."""
    for journal in Journal.all():
        record = journal.read()
        elsewhere = record and record.tags.get("process.host") != platform.node()
        if record and elsewhere and record.status == "RUNNING":
            yield journal, record


def remove_old_results() -> None:
    """Remove results that no stage has fetched, and an uploader's log that has grown large."""
    for file in (journals_folder() / RESULTS).glob("*.json"):
        if time.time() - file.stat().st_mtime > RESULT_SECONDS:
            file.unlink(missing_ok=True)
    log = journals_folder() / "uploader.log"
    if log.exists() and log.stat().st_size > MAX_LOG:
        log.write_bytes(b"")
