"""Opens MLflow's pages on this repository's runs: `imdb-genres ui --port 5001`."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from pathlib import Path

import click

from imdb_genres.cli.sync import sync
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.stage import exit_on_signal
from imdb_genres.tracking.config import artifact_root, reason, shown_uri, tracking_uri
from imdb_genres.tracking.ui_links import experiment_page, overlay_page

STARTING_SECONDS = 120
SYNC_SECONDS = 5
NUM_OVERLAID_RUNS = 5
CURVES = ["accuracy/train", "accuracy/validation"]


@click.command()
@click.option("--port", default=5000, show_default=True, help="Port on this machine.")
@click.option("--no-browser", is_flag=True, help="Only print the addresses.")
def command(port: int, no_browser: bool) -> None:
    """Open MLflow's pages on this repository's runs, until Ctrl-C.

    Adds results that the store does not have yet, before and while it serves. With
    MLFLOW_TRACKING_URI set to a server, prints that server's pages instead.
    """
    try:
        pages = sync_and_list_pages()
        uri = tracking_uri()
        if uri.startswith(("http:", "https:")):
            show(uri.rstrip("/"), pages, no_browser)
        else:
            serve(uri, port, pages, no_browser)
    except KeyboardInterrupt:
        pass


def sync_and_list_pages() -> dict[str, str]:
    """Add to the store what it lacks; return the pages that are worth opening."""
    from imdb_genres.tracking.store import open_store, store_lock

    try:
        sync()
        with store_lock():
            store = open_store()
        newest = overlay_page(store.experiment_id, store.newest(NUM_OVERLAID_RUNS), CURVES)
        every = experiment_page(store.experiment_id)
    except Exception as error:
        raise UserError(f"{shown_uri()} does not answer ({reason(error)})") from None
    return {
        "Every run, a chart for each metric": every,
        f"Training and validation accuracy of the newest {NUM_OVERLAID_RUNS} runs in one chart": newest,
    }


def serve(uri: str, port: int, pages: dict[str, str], quiet: bool) -> None:
    """Run MLflow's server until it ends; experiments that finish meanwhile are added."""
    check_free(port)
    log = repository_root() / ".dvc" / "tmp" / "ui.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            server_command(uri, port),
            env=server_environment(),
            stdout=output,
            stderr=output,
            start_new_session=True,  # it has children of its own, which end with it
        )
    signal.signal(signal.SIGTERM, exit_on_signal)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(server, address, log)
        show(address, pages, quiet)
        while server.poll() is None:
            time.sleep(SYNC_SECONDS)
            sync()
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def server_command(uri: str, port: int) -> list[str]:
    """Return the command; one worker is enough for one user, and halves memory and start."""
    options = ["--host=127.0.0.1", f"--port={port}", "--workers=1"]
    stores = [f"--backend-store-uri={uri}", f"--default-artifact-root={artifact_root()}"]
    return [sys.executable, "-m", "mlflow", "server", *stores, *options]


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
    for _ in range(STARTING_SECONDS * 5):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise UserError(f"MLflow's server did not start; what it says is in {log}")


def show(server: str, pages: dict[str, str], quiet: bool) -> None:
    """Print the pages' addresses, and open the first where there is a browser."""
    addresses = [f"{server}/{page}" for page in pages.values()]
    for title, address in zip(pages, addresses, strict=True):
        print(f"\n{title}:\n  {address}", flush=True)
    if not quiet:
        webbrowser.open(addresses[0])
