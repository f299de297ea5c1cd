"""The one process that writes journals into the store, while stages run and after they ended."""

import logging
import time
import traceback
from pathlib import Path

from mlflow.entities import Run

from imdb_genres.hashing import short_hash
from imdb_genres.tracking.address import redact, store_message, tracking_uri
from imdb_genres.tracking.backfill import fill
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.journal import Journal, journals_folder, remove_old_results
from imdb_genres.tracking.opening import open_store, store_lock
from imdb_genres.tracking.record import final_points, now, process_exited
from imdb_genres.tracking.store import CRASHED_MESSAGE, Store, attach_to_run, same_scores
from imdb_genres.tracking.writer import Writer

LOG = logging.getLogger(__name__)
POLL_SECONDS = 0.1
IDLE_SECONDS = 15  # the next stage, or experiment, usually starts in this time
RETRY_SECONDS = 10


class Upload:
    """One journal on its way into the store."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self.store = store
        self.journal = journal
        self.record = journal.read_head()
        self.offset = 0  # of the journal's lines that the record has
        self.logged = 0  # of the record's points
        self.writer: Writer | None = None

    def advance(self) -> bool:
        """Write what is new; return whether the run has ended, and the store has all of it."""
        self._read()
        record, writer = self.record, self.writer
        new = record.points[self.logged :]
        if writer is None:
            writer = self._find_or_create()
        elif writer.conflicts_with(new):  # repeated with another result: keep both
            writer.restore_status()
            record.tags["differs_from"] = writer.id
            writer = self._open(None)
        writer.log(new)
        self.writer, self.logged = writer, len(record.points)
        if record.status == "RUNNING":
            return False
        outcome = writer.log_files(self.journal.folder, record)
        self._copy_scores()
        writer.close(record)
        self.journal.write_result(outcome=outcome)
        self.journal.remove()
        return True

    def _read(self) -> None:
        """Read what the stage has added; a run whose process died is closed as KILLED."""
        self.offset = self.journal.read_lines(self.record, self.offset)
        if self.record.status == "RUNNING" and process_exited(self.record.tags):
            self.offset = self.journal.read_lines(self.record, self.offset)  # its last words
            if self.record.status == "RUNNING":
                self.record.status, self.record.ended = "KILLED", now()
                self.record.tags["error"] = CRASHED_MESSAGE

    def _find_or_create(self) -> Writer:
        record = self.record
        record.run_id = self.journal.read_run_id() or record.run_id
        with store_lock():
            found = self.store.find_run(record)
            if found:
                attach_to_run(record, found)
                if Writer(self.store.config, self.store.client, found).conflicts_with(
                    record.points
                ):
                    record.tags["differs_from"] = found.info.run_id
                    found = None
            return self._open(found)

    def _open(self, found: Run | None) -> Writer:
        """Open ``found`` or a new run; note its id for the next uploader, should this one die."""
        writer = self.store.open_run(self.record, found)
        self.journal.write_run_id(writer.id)
        return writer

    def _copy_scores(self) -> None:
        """Take over the scores of an equal model: DVC skips the evaluate stage for it."""
        record = self.record
        model = record.tags.get("dvc.model_md5")
        if model is None or "dvc.train_key" not in record.tags:
            return
        prefix = f"{self.store.config.evaluate_stage}."
        twin = same_scores(record, self.store.with_tag("dvc.model_md5", model), prefix)
        if twin:
            scores = {key: value for key, value in twin.data.metrics.items() if "/" not in key}
            record.points += final_points(scores, now())


class Uploader:
    """Writes all journals of one store; one process at a time, under ``uploader_lock``."""

    def __init__(self, config: TrackingConfig) -> None:
        self.config = config
        self.store: Store | None = None
        self.uploads: dict[Path, Upload] = {}
        self.failed: dict[Path, float] = {}  # when
        self.reported: set[Path] = set()  # journals whose stage was told an error
        self.own = short_hash(tracking_uri())

    def run(self) -> None:
        """Upload until nothing has been left to do for some seconds."""
        remove_old_results()
        busy = time.monotonic()
        while time.monotonic() - busy < IDLE_SECONDS and journals_folder().exists():
            for journal in list(Journal.all()):
                if self.attempt(journal):
                    busy = time.monotonic()
            time.sleep(POLL_SECONDS)

    def attempt(self, journal: Journal) -> bool:
        """Advance a journal of this store; tell its stage an error, and try again later.

        Returns False where there is nothing to wait for.
        """
        record, folder = journal.read(), journal.folder
        if record is None or record.store not in (None, self.own):
            return False
        ended = record.is_over()
        failed_lately = time.monotonic() < self.failed.get(folder, 0) + RETRY_SECONDS
        if failed_lately and (not ended or folder in self.reported):
            return not ended
        try:
            self.advance(journal)
        except Exception as error:
            LOG.info("%s", redact(traceback.format_exc()))
            self.failed[folder] = time.monotonic()
            self.uploads.pop(folder, None)
            self.store = None
            if ended:
                self.reported.add(folder)
                journal.write_result(error=store_message(error))
            return not ended
        return True

    def advance(self, journal: Journal) -> None:
        """Write what is new in a journal; raise whatever the store raises."""
        if self.store is None:
            with store_lock():
                self.store = open_store(self.config)
            if not self.store.newest(1):  # results that were there before the first tracked run
                fill(self.store)
        if journal.folder not in self.uploads:
            self.uploads[journal.folder] = Upload(self.store, journal)
        if self.uploads[journal.folder].advance():
            del self.uploads[journal.folder]
