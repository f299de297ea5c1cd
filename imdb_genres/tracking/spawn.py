"""Starts the uploader from a stage, and waits for it. Nothing here imports MLflow."""

import logging
import os
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock, Timeout

from imdb_genres.dvc_repo.root import repository_root, temporary_workspaces
from imdb_genres.hashing import short_hash
from imdb_genres.tracking.address import tracking_uri
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.journal import Journal, UploadResult, journals_folder

POLL_SECONDS = 0.02
CHECK_SECONDS = 1.0  # how often to look whether the uploader is alive
STARTS = 3  # of an uploader that dies
WAIT_SECONDS = 300


def tracking_disabled() -> bool:
    """Return whether the user turned tracking off: TRACKING=off; sync can add the results later."""
    return os.environ.get("TRACKING", "on").lower() in ("off", "0", "false", "no")


def uploader_lock(timeout: float, store: str | None = None) -> FileLock:
    """Return the lock that the one uploader of a store holds; ``store`` is ``Record.store``."""
    folder = journals_folder()
    folder.mkdir(parents=True, exist_ok=True)
    store = store or short_hash(tracking_uri())
    return FileLock(folder / f"uploader-{store}.lock", timeout=timeout)


def uploader_runs() -> bool:
    """Return whether an uploader is running."""
    try:
        with uploader_lock(timeout=0):
            return False
    except Timeout:
        return True


def start_uploader(config: TrackingConfig) -> None:
    """Start the uploader in the background unless one is running; it outlives this process."""
    if uploader_runs():
        return
    log = journals_folder() / "uploader.log"
    with log.open("ab") as output:
        subprocess.Popen(
            [sys.executable, "-m", config.uploader],
            cwd=_code_folder(config.uploader),
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # it survives Ctrl-C and the end of the stage
        )


def _environment() -> dict[str, str]:
    """Return the environment without the variables of this run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DVC_")}
    return kept | {"DVC_ROOT": str(repository_root()), "MLFLOW_TRACKING_URI": tracking_uri()}


def _code_folder(module: str) -> Path:
    """Return the folder to import ``module`` from: DVC removes its temporary workspaces."""
    spec = find_spec(module)
    assert spec and spec.origin
    here = Path(spec.origin).parents[module.count(".")]
    if here.is_relative_to(temporary_workspaces()):
        parts = here.relative_to(temporary_workspaces()).parts
        above = 2 if parts[0] == "standalone" else 1  # of --temp, or of the queue
        lasting = repository_root().joinpath(*parts[above:])
        if lasting.joinpath(*module.split(".")).with_suffix(".py").exists():
            return lasting
    return here


def wait_for_upload(config: TrackingConfig, journal: Journal) -> UploadResult:
    """Wait until the store has the journal; return the outcome, or the error that keeps it here."""
    begin = checked = time.monotonic()
    starts = 1
    while (result := journal.take_result()) is None:
        time.sleep(POLL_SECONDS)
        now = time.monotonic()
        if now - begin > WAIT_SECONDS:
            return {"error": "the upload takes long and continues in the background"}
        if now - checked > CHECK_SECONDS:
            checked = now
            if not uploader_runs() and not journal.result.exists():
                if starts == STARTS:
                    log = journals_folder() / "uploader.log"
                    return {"error": f"the uploader ended early, see {log}"}
                starts += 1
                start_uploader(config)
    return result


def run_uploader(config: TrackingConfig) -> None:
    """Upload the journals of the store, unless another process does."""
    with suppress(Timeout), uploader_lock(timeout=2):
        from imdb_genres.tracking.uploader import LOG, Uploader  # MLflow's import takes seconds

        logging.basicConfig()
        LOG.setLevel(logging.INFO)
        Uploader(config).run()
