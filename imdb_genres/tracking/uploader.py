"""The one process that writes journals into the store, while stages run and after they ended."""

import logging
import time
import traceback
from pathlib import Path

from mlflow.entities import Run

from imdb_genres.errors import UserError
from imdb_genres.hashing import short_hash
from imdb_genres.tracking.address import error_message, redact, shown_uri, tracking_uri
from imdb_genres.tracking.backfill import fill
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.identity import process_exited
from imdb_genres.tracking.journal import Journal, journals_folder
from imdb_genres.tracking.matching import attach_to_run, same_attempt, same_model, same_scores
from imdb_genres.tracking.record import Record, final_points, now
from imdb_genres.tracking.store import CRASHED_MESSAGE, Store, open_store, store_lock
from imdb_genres.tracking.ui_links import VERDICT
from imdb_genres.tracking.writer import Writer

LOG = logging.getLogger(__name__)
POLL_SECONDS = 0.1
IDLE_SECONDS = 15  # the next stage, or experiment, usually starts in this time
RETRY_SECONDS = 10
CHECK_SECONDS = 1  # how often to look whether a stage is alive
RESULT_LIFETIME = 86_400  # of a result that no stage has fetched
MAX_LOG = 1_000_000  # bytes


class Upload:
    """One journal on its way into the store."""

    def __init__(self, config: TrackingConfig, journal: Journal) -> None:
        self.config = config
        self.journal = journal
        self.record = journal.read_head()
        self.offset = 0  # of the journal's lines that the record has
        self.logged = 0  # of the record's points
        self.writer: Writer | None = None
        self.checked = 0.0

    def advance(self, store: Store) -> bool:
        """Write what is new; return whether the run has ended, and the store has all of it.

        A run whose process died is closed as KILLED.
        """
        self.offset = self.journal.read_lines(self.record, self.offset)
        self._close_if_crashed()
        record = self.record
        if self.writer is None:
            self.writer = self._open(store)
        new = record.points[self.logged :]
        if self.writer.conflicts_with(new):  # repeated with another result: keep both
            self.writer.restore_status()
            self.writer = self._open_another(store, self.writer.id)
        self.writer.log(new)
        self.logged = len(record.points)
        if record.status == "RUNNING":
            return False
        self.journal.write_result(outcome=self._finish(store, self.writer))
        self.journal.remove()
        return True

    def _close_if_crashed(self) -> None:
        if self.record.status != "RUNNING" or time.monotonic() - self.checked < CHECK_SECONDS:
            return
        self.checked = time.monotonic()
        if process_exited(self.record.tags):
            self.offset = self.journal.read_lines(self.record, self.offset)  # its last words
            if self.record.status == "RUNNING":
                self.record.status, self.record.ended = "KILLED", now()
                self.record.tags["error"] = CRASHED_MESSAGE

    def _open(self, store: Store) -> Writer:
        """Find or create the run; note its id for the next uploader, should this one die."""
        record = self.record
        record.run_id = self.journal.read_state().get("run_id", record.run_id)
        with store_lock():
            found = find_run(store, record)
            if found:
                attach_to_run(record, found)
                if Writer(self.config, store.client, found).conflicts_with(record.points):
                    return self._open_another(store, found.info.run_id)
            writer = store.open_run(record, found)
            self.journal.write_state(run_id=writer.id)
        return writer

    def _open_another(self, store: Store, other: str) -> Writer:
        self.record.tags["differs_from"] = other
        writer = store.open_run(self.record, None)
        self.journal.write_state(run_id=writer.id)
        return writer

    def _finish(self, store: Store, writer: Writer) -> str | None:
        """Upload what a run has at its end; return what ``on_evaluated`` decided."""
        record, folder = self.record, self.journal.folder
        model = record.tags.get("dvc.model_md5") or writer.run.data.tags.get("dvc.model_md5")
        if self.journal.artifacts.exists():
            writer.log_artifacts(self.journal.artifacts)
        if model and self.config.log_model:
            self.config.log_model(store.client, writer.run, folder)
        outcome = None
        if model and self.config.on_evaluated and record.status == "FINISHED":
            outcome = self.config.on_evaluated(store.client, writer.id, folder)
        if "dvc.train_key" in record.tags and model:
            _copy_scores(store, record, model)
        attach_to_run(record, writer.run)
        if outcome:
            record.tags[VERDICT] = outcome
        writer.close(record)
        return outcome


def _copy_scores(store: Store, record: Record, model: str) -> None:
    """Take over the scores of an equal model: DVC skips the evaluate stage for it."""
    prefix = f"{store.config.evaluate_stage}."
    twin = same_scores(record, store.with_tag("dvc.model_md5", model), prefix)
    if twin:
        scores = {key: value for key, value in twin.data.metrics.items() if "/" not in key}
        record.points += final_points(scores, now())


def find_run(store: Store, record: Record) -> Run | None:
    """Return the run that a record continues or adds to, if the store has it."""
    if record.run_id:
        found = store.get(record.run_id)
        if found:
            return found
        record.run_id = None  # another store by now
    model = record.tags.get("dvc.model_md5")
    trained = "dvc.train_key" in record.tags or model is None
    found = same_attempt(record, store.attempts(record)) if trained else None
    if found is None and model:
        found = same_model(record, store.with_tag("dvc.model_md5", model))
    return found


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
                if self._is_own(journal) and self.attempt(journal):
                    busy = time.monotonic()
            time.sleep(POLL_SECONDS)

    def attempt(self, journal: Journal) -> bool:
        """Advance a journal; tell its stage an error, and try again later. False if hopeless."""
        ended = journal.has_ended()
        urgent = ended and journal.folder not in self.reported
        recently = time.monotonic() - self.failed.get(journal.folder, -RETRY_SECONDS)
        if recently < RETRY_SECONDS and not urgent:
            return not ended
        try:
            self.advance(journal)
        except Exception as error:
            LOG.info("%s", redact(traceback.format_exc()))
            self.failed[journal.folder] = time.monotonic()
            self.uploads.pop(journal.folder, None)
            self.store = None
            if ended:
                self.reported.add(journal.folder)
                journal.write_result(error=_sentence(error))
            return not ended
        self.failed.pop(journal.folder, None)
        return True

    def advance(self, journal: Journal) -> bool:
        """Write what is new in a journal; return whether it is complete."""
        if self.store is None:
            with store_lock():
                self.store = open_store(self.config)
            if not self.store.newest(1):  # results that were there before the first tracked run
                fill(self.store)
        if journal.folder not in self.uploads:
            self.uploads[journal.folder] = Upload(self.config, journal)
        done = self.uploads[journal.folder].advance(self.store)
        if done:
            del self.uploads[journal.folder]
        return done

    def _is_own(self, journal: Journal) -> bool:
        if journal.folder in self.uploads:
            return True
        try:
            return journal.read_head().store in (None, self.own)
        except (OSError, ValueError, TypeError, KeyError):  # damaged, or just removed
            return False


def _sentence(error: Exception) -> str:
    if isinstance(error, UserError):
        return str(error)
    return f"the MLflow store {shown_uri()} cannot be used ({error_message(error)})"


def remove_old_results() -> None:
    """Remove results that no stage has fetched, and an uploader's log that has grown large."""
    for file in (journals_folder() / "results").glob("*.json"):
        if time.time() - file.stat().st_mtime > RESULT_LIFETIME:
            file.unlink(missing_ok=True)
    log = journals_folder() / "uploader.log"
    if log.exists() and log.stat().st_size > MAX_LOG:
        log.write_bytes(b"")
