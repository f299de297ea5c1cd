"""Fixtures for all tests: no tracking, and nothing of a git hook or DVC run that started them."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from imdb_genres.dvc_repo.git import clean_environment
from tests.support.browser import chromium

# started by a git hook, the suite inherits GIT_DIR and GIT_INDEX_FILE: any `git` in a fixture of any
# scope would then change the developer's repository
for name in set(os.environ) - set(clean_environment()):
    del os.environ[name]

# a busy machine is no reason to fail
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def untracked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests out of the repository's MLflow store."""
    for name in os.environ:
        if name.startswith(("DVC_", "MLFLOW_TRACKING_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRACKING", "off")


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database without experiments: to migrate one takes seconds."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    from imdb_genres.tracking.address import sqlite_uri
    from imdb_genres.tracking.opening import create_database

    @event.listens_for(Engine, "connect")
    def do_not_wait_for_the_disk(connection: Any, _: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = OFF")

    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    create_database(sqlite_uri(path))
    return path


@pytest.fixture
def workspace(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with inputs of train and evaluate, and a store."""
    from tests.support.tracked_runs import enter_workspace

    enter_workspace(tmp_path, database, monkeypatch)
    return tmp_path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; ends with the module, since Playwright runs once at a time."""
    with chromium() as browser:
        yield browser
