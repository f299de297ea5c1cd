"""The one process that writes journals into the store, while stages run and after they ended."""

import logging
import platform
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
from imdb_genres.tracking.record import Record, final_points, now
from imdb_genres.tracking.store import Store, attach_to_run, same_scores
from imdb_genres.tracking.writer import Writer

LOG = logging.getLogger(__name__)
POLL_SECONDS = 0.1
IDLE_SECONDS = 15  # the next stage, or experiment, usually starts in this time
RETRY_SECONDS = 10


class Uploader:
    """Writes all journals of one store; one process at a time, under ``uploader_lock``."""

    def __init__(self, config: TrackingConfig) -> None:
        self.config = config
        self.own = short_hash(tracking_uri())
        self.store: Store | None = None
        self.writers: dict[Path, Writer] = {}  # of runs in progress, by journal
        self.failed: dict[Path, float] = {}  # when
        self.reported: set[Path] = set()  # journals whose stage has got an error

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

        Returns False where there is nothing to wait for: nobody here can tell whether a stage of
        another host still runs.
        """
        record, folder = journal.read(), journal.folder
        if record is None or record.store not in (None, self.own):
            return False
        ended = record.status != "RUNNING"
        runs_here = not ended and record.tags.get("process.host") == platform.node()
        failed_lately = time.monotonic() < self.failed.get(folder, -RETRY_SECONDS) + RETRY_SECONDS
        if failed_lately and (not ended or folder in self.reported):
            return runs_here
        try:
            self.advance(journal, record)
        except Exception as error:
            LOG.info("%s", redact(traceback.format_exc()))
            self.failed[folder] = time.monotonic()
            self.writers.pop(folder, None)
            self.store = None
            journal.write_result(error=store_message(error))
            if ended:
                self.reported.add(folder)
            return runs_here
        if self.failed.pop(folder, None) and not ended:
            journal.take_result()  # the store is back
        return ended or runs_here

    def advance(self, journal: Journal, record: Record) -> None:
        """Write what the run of ``record`` lacks; raise any error of the store.

        The journal is removed when the run has ended and the store has all of it.
        """
        store = self.store = self.store or self._open_store()
        writer = self.writers.get(journal.folder)
        if writer is None:
            writer = _find_or_create(store, journal, record)
        elif writer.conflicts_with(record.points):  # repeated with another result: keep both
            writer.restore_status()
            record.tags["differs_from"] = writer.id
            writer = _open(store, journal, record, None)
        self.writers[journal.folder] = writer
        writer.log(record.points)
        if record.status != "RUNNING":
            outcome = writer.log_files(journal.folder, record)
            _copy_scores(store, record, writer.id)
            attach_to_run(record, writer.run)
            writer.close(record)
            journal.write_result(outcome=outcome)
            journal.remove()
            del self.writers[journal.folder]

    def _open_store(self) -> Store:
        with store_lock():
            store = open_store(self.config)
        if not store.newest(1):  # results that were there before the first tracked run
            fill(store)
        return store


def _find_or_create(store: Store, journal: Journal, record: Record) -> Writer:
    """Return the writer of the run that ``record`` continues or adds to, or of a new one."""
    record.run_id = journal.read_run_id() or record.run_id
    with store_lock():
        found = store.find_run(record)
        if found:
            attach_to_run(record, found)
            if Writer(store.config, store.client, found).conflicts_with(record.points):
                record.tags["differs_from"] = found.info.run_id
                found = None
        return _open(store, journal, record, found)


def _open(store: Store, journal: Journal, record: Record, found: Run | None) -> Writer:
    """Open ``found`` or a new run; note its id for the next uploader, should this one die."""
    writer = store.open_run(record, found)
    journal.write_run_id(writer.id)
    return writer


def _copy_scores(store: Store, record: Record, run_id: str) -> None:
    """Take over the scores of an equal model: DVC skips the evaluate stage for it."""
    model = record.tags.get("dvc.model_md5")
    if model is None or "dvc.train_key" not in record.tags:
        return
    runs = [run for run in store.with_tag("dvc.model_md5", model) if run.info.run_id != run_id]
    twin = same_scores(record, runs, f"{store.config.evaluate_stage}.")
    if twin:
        scores = {key: value for key, value in twin.data.metrics.items() if "/" not in key}
        record.points += final_points(scores, now())
