"""The cost of commands that track: an uploader, which outlives them, writes their runs to MLflow."""

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.measure import Cost, run

MODULE = "imdb_genres.registry.uploader"
POLL_SECONDS = 0.5  # an uploader stays idle for longer before it ends


def run_tracked(command: Sequence[str], folder: Path | None = None) -> Cost:
    """Run ``command`` as ``run`` does, and add the CPU seconds of the uploader that it starts.

    The uploader works in ``folder`` or below it. Wall time and peak memory are those of the command.
    """
    folder = folder or Path.cwd()
    wait_for_uploaders(folder)
    cost = run(command, folder)
    return cost._replace(cpu=cost.cpu + wait_for_uploaders(folder))


def wait_for_uploaders(folder: Path) -> float:
    """Wait until no uploader works in ``folder`` or below it; return the CPU seconds they took."""
    seconds: dict[int, float] = {}
    while processes := list_uploaders(folder):
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                seconds[process.pid] = sum(process.cpu_times()[:4])  # with its children's
        time.sleep(POLL_SECONDS)
    return sum(seconds.values())


def list_uploaders(folder: Path) -> list[psutil.Process]:
    """Return the uploaders that work in ``folder`` or below it."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "cwd"])
        if MODULE in (process.info["cmdline"] or ())
        and Path(process.info["cwd"] or "/").is_relative_to(folder.resolve())
    ]
