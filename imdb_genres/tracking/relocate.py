"""Corrects a store whose project folder was moved, renamed or copied."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from mlflow import MlflowClient

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.tracking import address
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.store import check_database, moved_from, store_lock


def relocate(config: TrackingConfig) -> Path | None:
    """Point all artifacts of the project's own store to its present folder; return the old one.

    Returns None where nothing was moved. Raises UserError for another kind of store.
    """
    uri = address.tracking_uri()
    path = address.database_path(uri)
    if path is None or not path.exists():
        raise UserError(
            f"{address.shown_uri()} is not the project's own store: nothing to relocate"
        )
    check_database(path)
    experiment = MlflowClient(uri).get_experiment_by_name(config.experiment)
    old = moved_from(experiment, uri) if experiment else None
    if old is None:
        return None
    with store_lock(), closing(sqlite3.connect(path)) as database, database:
        for before, after in _prefixes(old, repository_root()):
            for table, column in _text_columns(database):
                database.execute(
                    f'UPDATE "{table}" SET "{column}" = ? || substr("{column}", ?) '
                    f'WHERE substr("{column}", 1, ?) = ?',
                    (after, len(before) + 1, len(before), before),
                )
    return old


def _prefixes(old: Path, new: Path) -> Iterator[tuple[str, str]]:
    """Yield what addresses of artifacts start with, before and after."""
    for folder in ("mlartifacts", "mlruns"):
        yield (old / folder).as_uri(), (new / folder).as_uri()
        yield str(old / folder), str(new / folder)


def _text_columns(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return the columns, by table, that hold addresses of artifacts."""
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return [
        (table, column)
        for (table,) in tables
        for _, column, *_ in database.execute(f'PRAGMA table_info("{table}")')
        if column in ("artifact_location", "artifact_uri", "source", "storage_location")
    ]
