"""MLflow's server on this machine, for the pages of `imdb-genres ui`."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.stage import exit_on_signal
from imdb_genres.tracking.address import artifact_root

STARTING_SECONDS = 120


@contextmanager
def running_server(uri: str, port: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a server of the store ``uri``; yield its address and process, and stop it at the end.

    Raises UserError if it does not start.
    """
    check_free(port)
    log = repository_root() / ".dvc" / "tmp" / "ui.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            server_command(port),
            env=server_environment() | store_environment(uri),
            stdout=output,
            stderr=output,
            start_new_session=True,  # the server starts child processes, which end with it
        )
    signal.signal(signal.SIGTERM, exit_on_signal)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(server, address, log)
        yield address, server
    finally:
        with suppress(ProcessLookupError):  # it has ended
            os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def server_command(port: int) -> list[str]:
    """Return the command; one worker is enough for one user, and halves memory and start."""
    options = ["--host=127.0.0.1", f"--port={port}", "--workers=1"]
    return [sys.executable, "-m", "mlflow", "server", *options]


def store_environment(uri: str) -> dict[str, str]:
    """Return the variables with the server's store; a command line would show its password."""
    return {"MLFLOW_BACKEND_STORE_URI": uri, "MLFLOW_DEFAULT_ARTIFACT_ROOT": artifact_root()}


def server_environment() -> dict[str, str]:
    """Return an environment in which MLflow finds its own tools and does no more than serve."""
    tools = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": os.pathsep.join([tools, os.environ.get("PATH", "")]),
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }


def check_free(port: int) -> None:
    """Raise UserError if something listens on ``port`` already."""
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise UserError(f"port {port} is taken; try --port {port + 1}")


def wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Return when the server answers; raise UserError if it ends or takes too long."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy
    for _ in range(STARTING_SECONDS * 5):
        if server.poll() is not None:
            break
        try:
            opener.open(f"{address}/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise UserError(f"MLflow's server did not start: see {log}")
