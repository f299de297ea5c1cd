"""Opens the MLflow store: created under a lock, anchored to the repository."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import Experiment, Run
from mlflow.store.db import utils as database
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.tracking import address
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.store import Store

database.MAX_RETRY_COUNT = 2  # with MLflow's ten, an unreachable database costs 100 seconds
LOCK_SECONDS = 120  # creating a database takes six
# all else may be the store: drivers of databases and clients of buckets have errors of their own
PROGRAMMING_ERRORS = (AssertionError, AttributeError, LookupError, NameError, TypeError)
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


def store_lock() -> FileLock:
    """Return the lock under which the store is opened, and a run found or created.

    Two processes that migrate a fresh database together corrupt it for good.
    """
    folder = repository_root() / ".dvc" / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / "mlflow.lock", timeout=LOCK_SECONDS)


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn every error of MLflow, a database or a server into a UserError of one line."""
    try:
        yield
    except (UserError, *PROGRAMMING_ERRORS):
        raise
    except Exception as error:
        raise UserError(address.store_message(error)) from error


def open_store(config: TrackingConfig) -> Store:
    """Return the store, created if need be; call it under ``store_lock``.

    Runs that a killed process left open are closed. Raises UserError for a corrupt database, and
    for artifacts that are stored elsewhere.
    """
    uri = address.tracking_uri()
    create_database(uri)
    client = open_client(config.sync_command, uri)
    store = Store(config, client, _experiment(config, client, uri))
    store.close_dead_runs()
    return store


def open_existing_client(sync_command: str) -> MlflowClient | None:
    """Return a client that reads the store, or None where there is none: reading creates none."""
    uri = address.tracking_uri()
    path = address.database_path(uri)
    return None if path and not path.exists() else open_client(sync_command, uri)


def open_client(sync_command: str, uri: str) -> MlflowClient:
    """Return a client; raise UserError for a file that is not an MLflow database."""
    path = address.database_path(uri)
    if path:
        check_database(sync_command, path)
    client = MlflowClient(uri)
    quoted = Path(uri.removeprefix(address.SQLITE))
    if path and path != quoted:
        with suppress(OSError):  # MLflow creates a folder of the quoted name next to the real one
            quoted.parent.rmdir()
    return client


def check_database(sync_command: str, path: Path) -> None:
    """Raise UserError for a path that is not an MLflow database."""
    advice = f"move it away, and `{sync_command}` makes a new store with every result that git has"
    if path.is_dir():
        raise UserError(f"{path} is a folder, not MLflow's database: {advice}")
    try:
        tables = {name for (name,) in address.query_database(path, TABLES)}
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
    check_location(config, experiment, uri)
    return str(experiment.experiment_id)


def check_location(config: TrackingConfig, experiment: Experiment, uri: str) -> None:
    """Raise UserError where artifacts would go to a folder of another place or machine."""
    if old := moved_from(experiment, uri):
        raise UserError(
            f"the MLflow store was made in {old}, and the project is in {repository_root()} now: "
            f"run `{config.sync_command} --relocate`"
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


def list_runs(config: TrackingConfig) -> list[Run]:
    """Return the runs, newest first; none if there is no store, which is not created either.

    Raises UserError if the store cannot be used.
    """
    with store_errors():
        client = open_existing_client(config.sync_command)
        experiment = client.get_experiment_by_name(config.experiment) if client else None
        if client is None or experiment is None:
            return []
        return Store(config, client, experiment.experiment_id).search()
