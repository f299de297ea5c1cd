"""The MLflow store: made and opened under a lock, anchored to the repository."""

from pathlib import Path

from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import Run, ViewType
from mlflow.store.db import utils as database
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.registry.promotion import register
from imdb_genres.tracking.config import artifact_root, tracking_uri
from imdb_genres.tracking.identity import process_exited
from imdb_genres.tracking.record import Record
from imdb_genres.tracking.writer import Writer

database.MAX_RETRY_COUNT = 2  # with MLflow's ten a database that is away costs 100 seconds
EXPERIMENT = "imdb-genres"
LOCK_SECONDS = 120  # a fresh database takes six
CRASHED_MESSAGE = "the process ended without a word: killed, out of memory or power off"


def store_lock() -> FileLock:
    """Return the lock under which the store is opened, and a run found or created.

    Two processes that migrate a fresh database together ruin it for good.
    """
    folder = repository_root() / ".dvc" / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / "mlflow.lock", timeout=LOCK_SECONDS)


def open_store() -> "Store":
    """Return the store, created if need be; call it under ``store_lock``.

    Runs that a killed process left are closed.
    """
    uri = tracking_uri()
    _create_database(uri)
    client = MlflowClient(uri)
    store = Store(client, _experiment(client, uri))
    store.close_dead_runs()
    return store


def _create_database(uri: str) -> None:
    """Make a missing sqlite file whole or not at all: half a migration can never be mended."""
    path = Path(uri.removeprefix("sqlite:///"))
    if uri.startswith("sqlite:///") and not path.exists():
        with atomic_replace(path) as temporary:
            store = SqlAlchemyStore(f"sqlite:///{temporary}", artifact_root())  # type: ignore[no-untyped-call]
            store.engine.dispose()


def _experiment(client: MlflowClient, uri: str) -> str:
    """Return the experiment's id; an artifact location is fixed for good when it is created."""
    experiment = client.get_experiment_by_name(EXPERIMENT)
    if experiment is None:
        server = uri.startswith(("http:", "https:"))
        return client.create_experiment(EXPERIMENT, None if server else artifact_root())
    if experiment.lifecycle_stage == "deleted":
        client.restore_experiment(experiment.experiment_id)
    return str(experiment.experiment_id)


class Store:
    """One experiment of an MLflow store. Methods raise what MLflow raises."""

    def __init__(self, client: MlflowClient, experiment_id: str) -> None:
        self.client = client
        self.experiment_id = experiment_id

    def search(self, condition: str = "", view: int = ViewType.ACTIVE_ONLY) -> list[Run]:
        """Return the runs that meet an MLflow filter, newest first."""
        runs: list[Run] = []
        token = None
        while True:
            order = ["attributes.start_time DESC"]
            ids = [self.experiment_id]
            page = self.client.search_runs(ids, condition, view, 1000, order, token)
            runs += page
            token = page.token
            if not token:
                return runs

    def with_tag(self, key: str, value: str) -> list[Run]:
        """Return the runs that have a tag, newest first."""
        return self.search(f"tags.`{key}` = '{value}'")

    def attempts(self, record: Record) -> list[Run]:
        """Return the runs that tried the training of ``record``, or its experiment."""
        tags = [name for name in ("dvc.train_key", "dvc.exp_name") if name in record.tags]
        return [run for name in tags for run in self.with_tag(name, record.tags[name])]

    def newest(self, count: int) -> list[str]:
        """Return the ids of the newest runs."""
        order = ["attributes.start_time DESC"]
        page = self.client.search_runs([self.experiment_id], max_results=count, order_by=order)
        return [run.info.run_id for run in page]

    def close_dead_runs(self) -> None:
        """Mark runs KILLED whose process is gone, so that none is RUNNING for good."""
        for run in self.search("attributes.status = 'RUNNING'"):
            if process_exited(run.data.tags):
                self.client.set_tag(run.info.run_id, "error", CRASHED_MESSAGE)
                self.client.set_terminated(run.info.run_id, "KILLED")

    def open_run(self, record: Record, found: Run | None) -> Writer:
        """Return the writer of a run that goes on, or of a new one; either has the record's id."""
        run = found or self.client.create_run(
            self.experiment_id, record.started, run_name=record.name
        )
        record.run_id = run.info.run_id
        writer = Writer(self.client, run)
        writer.open(record)
        return writer

    def register(self, run_id: str, predictions: Path) -> str:
        """Register the run's model; see ``promotion.register``. Only one process at a time decides."""
        with store_lock():
            return register(self.client, run_id, predictions)
