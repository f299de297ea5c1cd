"""Opens MLflow's pages on this repository's runs: `imdb-genres ui --port 5001`."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
import webbrowser
from contextlib import closing
from pathlib import Path

import click

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.registry.tracker import CONFIG, opened_store
from imdb_genres.stage import exit_on_signal
from imdb_genres.tracking.address import (
    artifact_root,
    database_path,
    is_server,
    redact,
    sqlite_uri,
    tracking_uri,
)
from imdb_genres.tracking.sync import sync
from imdb_genres.tracking.ui_links import charts_page, compare_page, overlay_page, table_page

STARTING_SECONDS = 120
SYNC_SECONDS = 5
NUM_OVERLAID_RUNS = 5
COPY = "mlflow-copy-"
CURVES = ["accuracy/train", "accuracy/validation"]
SCORE = CONFIG.headline[0]
COLUMNS = {  # of the table, with their widths in pixels
    ("tags", "changed"): 280,
    ("metrics", SCORE): 220,
    ("metrics", "accuracy"): 100,
    ("metrics", "system/train/seconds"): 170,
    ("tags", "verdict"): 300,
}


@click.command()
@click.option("--port", default=5000, show_default=True, help="Port on this machine.")
@click.option("--no-browser", is_flag=True, help="Only print the addresses.")
def command(port: int, no_browser: bool) -> None:
    """Open MLflow's pages on this repository's runs, until Ctrl-C.

    Adds results that the store does not have yet, before and while it serves. With
    MLFLOW_TRACKING_URI set to a server, prints that server's pages instead.
    """
    try:
        use_copy_if_read_only()
        pages = sync_and_list_pages()
        uri = tracking_uri()
        if is_server(uri):
            print_pages(redact(uri).rstrip("/"), pages, no_browser)
        else:
            serve(uri, port, pages, no_browser)
    except KeyboardInterrupt:
        pass


def use_copy_if_read_only() -> None:
    """Serve a copy of a database that cannot be written: MLflow refuses to open it."""
    path = database_path(tracking_uri())
    if path and path.is_file() and is_read_only(path):
        copy = Path(tempfile.mkdtemp(prefix=COPY)) / path.name
        shutil.copyfile(path, copy)
        os.environ["MLFLOW_TRACKING_URI"] = sqlite_uri(copy)
        print(f"ui: {path} is read-only: showing a copy, and adding nothing to it")


def is_read_only(path: Path) -> bool:
    """Tell whether a sqlite database can be read but not written."""
    try:
        with closing(sqlite3.connect(path, timeout=5)) as database:
            database.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return "readonly" in str(error)
    except sqlite3.Error:
        return False
    return not os.access(path.parent, os.W_OK)


def on_copy() -> bool:
    """Tell whether the store is a copy, where journals and results would be lost."""
    path = database_path(tracking_uri())
    return path is not None and path.parent.name.startswith(COPY)


def sync_and_list_pages() -> dict[str, str]:
    """Add to the store what it lacks; return the pages that are worth opening."""
    if not on_copy():
        sync(CONFIG)
    with opened_store() as store:
        newest = store.newest(NUM_OVERLAID_RUNS)
        store.save_table_view(COLUMNS, f"metrics.`{SCORE}`")
    identity = store.experiment_id
    return {
        "Every run in a table, the best first": table_page(identity),
        "Every run, a chart for each metric": charts_page(identity),
        f"Training and validation accuracy of the newest {NUM_OVERLAID_RUNS} runs in one chart": (
            overlay_page(identity, newest, CURVES)
        ),
        f"What differs between the newest {NUM_OVERLAID_RUNS} runs": compare_page(identity, newest),
    }


def serve(uri: str, port: int, pages: dict[str, str], quiet: bool) -> None:
    """Run MLflow's server until it ends; experiments that finish meanwhile are added."""
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
        print_pages(address, pages, quiet)
        while server.poll() is None:
            time.sleep(SYNC_SECONDS)
            if not on_copy():
                sync(CONFIG)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def server_command(port: int) -> list[str]:
    """Return the command; one worker is enough for one user, and halves memory and start."""
    options = ["--host=127.0.0.1", f"--port={port}", "--workers=1"]
    return [sys.executable, "-m", "mlflow", "server", *options]


def store_environment(uri: str) -> dict[str, str]:
    """Return what tells the server its store: not its command line, which shows passwords."""
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
        try:
            taken = probe.connect_ex(("127.0.0.1", port)) == 0
        except OverflowError:
            raise UserError(f"{port} is no port: they go from 0 to 65535") from None
        if taken:
            raise UserError(
                f"port {port} is taken, maybe by another `make ui`; try `make ui PORT={port + 1}`"
            )


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
    raise UserError(f"MLflow's server did not start; what it says is in {log}")


def print_pages(server: str, pages: dict[str, str], quiet: bool) -> None:
    """Print the pages' addresses, and open the first where there is a browser."""
    addresses = [f"{server}/{page}" for page in pages.values()]
    for title, address in zip(pages, addresses, strict=True):
        print(f"\n{title}:\n  {address}", flush=True)
    if not quiet:
        webbrowser.open(addresses[0])
