"""The MLflow store: created and opened under a lock, anchored to the repository."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import Experiment, Run, ViewType
from mlflow.exceptions import MlflowException
from mlflow.store.db import utils as database
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.tracking import address
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.identity import process_exited
from imdb_genres.tracking.journal import Journal
from imdb_genres.tracking.record import Record
from imdb_genres.tracking.ui_links import table_view
from imdb_genres.tracking.writer import Writer

database.MAX_RETRY_COUNT = 2  # with MLflow's ten, an unreachable database costs 100 seconds
LOCK_SECONDS = 120  # creating a database takes six
CRASHED_MESSAGE = "the process died unexpectedly: killed, out of memory or power failure"
NEWEST_FIRST = ["attributes.start_time DESC"]


def store_lock() -> FileLock:
    """Return the lock under which the store is opened, and a run found or created.

    Two processes that migrate a fresh database together corrupt it for good.
    """
    folder = repository_root() / ".dvc" / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / "mlflow.lock", timeout=LOCK_SECONDS)


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn whatever MLflow, a database or a server raises into a UserError of one line."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        shown = address.shown_uri()
        raise UserError(
            f"the MLflow store {shown} cannot be used ({address.error_message(error)})"
        ) from error


def open_store(config: TrackingConfig) -> "Store":
    """Return the store, created if need be; call it under ``store_lock``.

    Runs that a killed process left open are closed. Raises UserError for a damaged database, and
    for artifacts that are stored elsewhere.
    """
    uri = address.tracking_uri()
    create_database(uri)
    client = open_client(uri)
    store = Store(config, client, _experiment(config, client, uri))
    store.close_dead_runs()
    return store


def open_existing_client() -> MlflowClient | None:
    """Return a client that reads the store, or None where there is none: reading creates none."""
    uri = address.tracking_uri()
    path = address.database_path(uri)
    if path and not path.exists():
        return None
    return open_client(uri)


def open_client(uri: str) -> MlflowClient:
    """Return a client; raise UserError for a file that is no MLflow database."""
    path = address.database_path(uri)
    if path:
        check_database(path)
    client = MlflowClient(uri)
    if path and str(path) != uri.removeprefix(address.SQLITE):
        # MLflow creates a folder of the quoted name beside the real one
        with suppress(OSError):
            Path(uri.removeprefix(address.SQLITE)).parent.rmdir()
    return client


def check_database(path: Path) -> None:
    """Raise UserError for a path that is no database of MLflow."""
    advice = "move it away, and `imdb-genres sync` makes a new store with every result that git has"
    if path.is_dir():
        raise UserError(f"{path} is a folder, not MLflow's database: {advice}")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {name for (name,) in names}
    except sqlite3.Error as error:
        raise UserError(
            f"{path} is not readable as MLflow's database ({error}): {advice}"
        ) from None
    if not {"alembic_version", "experiments", "runs"} <= tables:
        raise UserError(f"{path} has none of MLflow's tables: {advice}")


def create_database(uri: str) -> None:
    """Create a missing sqlite file atomically: half a migration corrupts it."""
    path = address.database_path(uri)
    if path and not path.exists():
        with atomic_replace(path) as temporary:
            temporary_uri = address.sqlite_uri(temporary)
            store = SqlAlchemyStore(temporary_uri, address.artifact_root())  # type: ignore[no-untyped-call]
            store.engine.dispose()


def _experiment(config: TrackingConfig, client: MlflowClient, uri: str) -> str:
    """Return the experiment's id; its artifact location is fixed when it is created."""
    experiment = client.get_experiment_by_name(config.experiment)
    if experiment is None:
        location = None if address.is_server(uri) else address.artifact_root()
        return client.create_experiment(config.experiment, location)
    if experiment.lifecycle_stage == "deleted":
        client.restore_experiment(experiment.experiment_id)
    check_location(experiment, uri)
    return str(experiment.experiment_id)


def check_location(experiment: Experiment, uri: str) -> None:
    """Raise UserError where artifacts would go to a folder of another place or machine."""
    if old := moved_from(experiment, uri):
        raise UserError(
            f"the MLflow store was made in {old}, and the project is in {repository_root()} now: "
            "run `imdb-genres sync --relocate`"
        )
    folder = address.local_folder(experiment.artifact_location)
    if folder is None or folder.exists() or folder.parent.exists():
        return
    if address.is_server(uri):
        raise UserError(
            f"the server {address.shown_uri()} keeps the artifacts of {experiment.name!r} in "
            f"{folder}, which is not on this machine: start it with --serve-artifacts, and rename "
            "the experiment so that a new one is made"
        )
    raise UserError(f"the MLflow store keeps its artifacts in {folder}, which does not exist")


def moved_from(experiment: Experiment, uri: str) -> Path | None:
    """Return where the project was when its own store was made, if it has been moved or copied."""
    folder = address.local_folder(experiment.artifact_location)
    own = address.database_path(uri) == repository_root() / "mlflow.db"
    here = address.local_folder(address.artifact_root())
    if not (own and folder and here) or folder.name != here.name:
        return None
    return folder.parent if folder.resolve() != here.resolve() else None


class Store:
    """One experiment of an MLflow store. Methods raise what MLflow raises."""

    def __init__(self, config: TrackingConfig, client: MlflowClient, experiment_id: str) -> None:
        self.config = config
        self.client = client
        self.experiment_id = experiment_id

    def search(self, condition: str = "", view: int = ViewType.ACTIVE_ONLY) -> list[Run]:
        """Return the runs that meet an MLflow filter, newest first."""
        runs: list[Run] = []
        token = None
        while True:
            ids = [self.experiment_id]
            page = self.client.search_runs(ids, condition, view, 1000, NEWEST_FIRST, token)
            runs += page
            token = page.token
            if not token:
                return runs

    def with_tag(self, key: str, value: str) -> list[Run]:
        """Return the runs that have a tag, newest first."""
        if "'" in value:  # MLflow's filters have no escape
            return [run for run in self.search() if run.data.tags.get(key) == value]
        return self.search(f"tags.`{key}` = '{value}'")

    def attempts(self, record: Record) -> list[Run]:
        """Return the runs that tried the training of ``record``, or its experiment."""
        tags = [name for name in ("dvc.train_key", "dvc.exp_name") if name in record.tags]
        return [run for name in tags for run in self.with_tag(name, record.tags[name])]

    def newest(self, count: int) -> list[str]:
        """Return the ids of the newest runs that did not fail."""
        page = self.client.search_runs(
            [self.experiment_id],
            "attributes.status != 'FAILED'",
            max_results=count,
            order_by=NEWEST_FIRST,
        )
        return [run.info.run_id for run in page]

    def save_table_view(self, columns: dict[tuple[str, str], int], order_by: str) -> None:
        """Save the view of the runs that ``table_page`` opens, unless the store has it."""
        key, value = table_view(columns, order_by)
        if self.client.get_experiment(self.experiment_id).tags.get(key) != value:
            self.client.set_experiment_tag(self.experiment_id, key, value)

    def close_dead_runs(self) -> None:
        """Mark runs KILLED whose process is gone, unless the uploader still has their journal."""
        pending: Collection[str] = {
            journal.read_state().get("run_id", "") for journal in Journal.all()
        }
        for run in self.search("attributes.status = 'RUNNING'"):
            if run.info.run_id not in pending and process_exited(run.data.tags):
                self.client.set_tag(run.info.run_id, "error", CRASHED_MESSAGE)
                self.client.set_terminated(run.info.run_id, "KILLED")

    def get(self, run_id: str) -> Run | None:
        """Return the run of this id, if the store has it."""
        try:
            return self.client.get_run(run_id)
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise

    def open_run(self, record: Record, found: Run | None) -> Writer:
        """Return the writer of ``found``, or of a new run; the record gets its id."""
        run = found or self.client.create_run(
            self.experiment_id, record.started, run_name=record.name
        )
        record.run_id = run.info.run_id
        writer = Writer(self.config, self.client, run)
        writer.open(record)
        return writer

    def read_artifact(
        self, name: str, artifact: str, folder: Path
    ) -> tuple[dict[str, str], Path] | None:
        """Copy ``artifact`` of the run of this id or name into ``folder``; None if there is none.

        Of several runs of a name the newest that has it is chosen. Returns its parameters, too.
        """
        for run in self.search():
            if name in (run.info.run_id, run.info.run_name):
                listed = self.client.list_artifacts(run.info.run_id, artifact.rpartition("/")[0])
                if artifact in [entry.path for entry in listed]:
                    local = self.client.download_artifacts(run.info.run_id, artifact, str(folder))
                    return run.data.params, Path(local)
        return None
