"""Opens MLflow's pages on this repository's runs: `imdb-genres ui --port 5001`."""

import os
import shutil
import sqlite3
import time
import webbrowser
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from imdb_genres.cli.mlflow_server import running_server
from imdb_genres.errors import UserError
from imdb_genres.registry.tracker import CONFIG, opened_store
from imdb_genres.tracking.address import (
    database_path,
    is_server,
    shown_uri,
    sqlite_uri,
    tracking_uri,
)
from imdb_genres.tracking.sync import sync
from imdb_genres.tracking.ui_links import (
    charts_page,
    compare_page,
    overlay_page,
    table_page,
    table_view,
)

if TYPE_CHECKING:
    from imdb_genres.tracking.store import Store

SYNC_SECONDS = 5
NUM_OVERLAID_RUNS = 5
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
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=5000,
    show_default=True,
    help="Port on this machine.",
)
@click.option("--no-browser", is_flag=True, help="Only print the addresses.")
def command(port: int, no_browser: bool) -> None:
    """Open MLflow's pages on this repository's runs, until Ctrl-C.

    Adds results that the store does not have yet, before and while it serves. With
    MLFLOW_TRACKING_URI set to a server, prints that server's pages instead.
    """
    try:
        with copy_if_read_only() as is_copy:
            pages = sync_and_list_pages(is_copy)
            uri = tracking_uri()
            if is_server(uri):
                print_pages(shown_uri().rstrip("/"), pages, no_browser)
            else:
                serve(uri, port, pages, no_browser, is_copy)
    except KeyboardInterrupt:
        pass


@contextmanager
def copy_if_read_only() -> Iterator[bool]:
    """Use a copy of a database that cannot be written: MLflow refuses to open it.

    Yields whether the store is a copy, where journals and results would be lost.
    """
    path = database_path(tracking_uri())
    if not (path and path.is_file() and is_read_only(path)):
        yield False
        return
    with TemporaryDirectory(prefix="mlflow-copy-") as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        os.environ["MLFLOW_TRACKING_URI"] = sqlite_uri(copy)
        print(f"ui: {path} is read-only: showing a copy, and adding nothing to it")
        yield True


def is_read_only(path: Path) -> bool:
    """Return whether a sqlite database can be read but not written."""
    try:
        with closing(sqlite3.connect(path, timeout=5)) as database:
            database.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return "readonly" in str(error)
    except sqlite3.Error:
        return False
    return not os.access(path.parent, os.W_OK)


def sync_and_list_pages(is_copy: bool = False) -> dict[str, str]:
    """Add to the store what it lacks; return the pages that are worth opening."""
    if not is_copy:
        sync(CONFIG, every_store=False)
    with opened_store() as store:
        newest = store.newest(NUM_OVERLAID_RUNS)
        save_table_view(store)
    identity = store.experiment_id
    return {
        "Every run in a table, the best first": table_page(identity),
        "Every run, a chart for each metric": charts_page(identity),
        f"Training and validation accuracy of the newest {NUM_OVERLAID_RUNS} runs in one chart": (
            overlay_page(identity, newest, CURVES)
        ),
        f"What differs between the newest {NUM_OVERLAID_RUNS} runs": compare_page(identity, newest),
    }


def save_table_view(store: "Store") -> None:
    """Save the view of the runs that ``table_page`` opens, unless the store has it."""
    key, value = table_view(COLUMNS, f"metrics.`{SCORE}`")
    if store.client.get_experiment(store.experiment_id).tags.get(key) != value:
        store.client.set_experiment_tag(store.experiment_id, key, value)


def serve(uri: str, port: int, pages: dict[str, str], quiet: bool, is_copy: bool) -> None:
    """Run MLflow's server until it ends; experiments that finish meanwhile are added."""
    with running_server(uri, port) as (address, server):
        print_pages(address, pages, quiet)
        while server.poll() is None:
            time.sleep(SYNC_SECONDS)
            if not is_copy:
                with suppress(UserError):  # DVC may be writing dvc.lock: the next round adds it
                    sync(CONFIG, every_store=False)


def print_pages(server: str, pages: dict[str, str], quiet: bool) -> None:
    """Print the pages' addresses, and open the first where there is a browser."""
    addresses = [f"{server}/{page}" for page in pages.values()]
    for title, address in zip(pages, addresses, strict=True):
        print(f"\n{title}:\n  {address}", flush=True)
    if not quiet:
        webbrowser.open(addresses[0])
