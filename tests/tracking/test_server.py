"""A tracking server that dies during a training costs one message and no data."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from imdb_genres.cli.mlflow_server import server_environment
from imdb_genres.registry.tracker import TRACKER
from tests.support.ports import free_port
from tests.support.tracked_runs import (
    CURVE,
    ROWS,
    curve,
    evaluate,
    runs,
    sync,
    upload_journals,
    write_results,
)


@contextmanager
def mlflow_server(folder: Path, port: int) -> Iterator[None]:
    """Run a real server on a store of its own; kill it with all its children at the end."""
    store = f"--backend-store-uri=sqlite:///{folder}/server.db"
    command = [sys.executable, "-m", "mlflow", "server", store, f"--port={port}", "--workers=1"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=folder,
            env=server_environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health")
        yield
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def wait_for(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


@pytest.mark.slow
def test_a_server_that_dies_costs_no_training_and_gets_the_run_later(
    workspace: Path,
    database: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path_factory.mktemp("server")
    (folder / "server.db").write_bytes(database.read_bytes())
    port = free_port()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{port}")
    with mlflow_server(folder, port):
        training = TRACKER.training()
        run = training.__enter__()
        run.log_epoch(ROWS[0])
        upload_journals()
        assert [point[0] for point in curve(runs()[0])] == [1]
    start = time.monotonic()
    run.log_epoch(ROWS[1])
    upload_journals()
    run.log_epoch(ROWS[2])
    write_results()
    training.__exit__(None, None, None)
    assert time.monotonic() - start < 20
    assert capsys.readouterr().err.count("tmp/tracking") == 1
    evaluate()
    with mlflow_server(folder, port):
        sync()
        (whole,) = runs()
        assert whole.info.status == "FINISHED"
        assert curve(whole) == CURVE
        assert whole.data.metrics["accuracy"] == 0.6
