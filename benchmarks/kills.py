"""Kills training again and again, at random moments, and compares what it ends with.

In a clone where `dvc repro` has run: python -m benchmarks.kills --kills 100
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stages.hashing import dvc_md5

INPUTS = ("params.yaml", "dvc.yaml", "stages", "data/vocabulary.txt", "data/tokens.npz")


def main() -> None:
    """Train once in peace, then under fire until ``--kills`` kills; count the equal results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    wanted = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as name:
        folder = copy_workspace(Path(name))
        begin = time.monotonic()
        train(folder, None)
        seconds, expected = time.monotonic() - begin, result(folder)
        killed = resumed = finished = equal = 0
        while killed < wanted:
            survived, went_on = train(folder, random.uniform(0.2, 0.8) * seconds)
            killed, resumed = killed + (not survived), resumed + went_on
            if survived:
                finished, equal = finished + 1, equal + (result(folder) == expected)
                print(f"{killed} kills, {resumed} resumed, {equal} of {finished} equal", flush=True)


def copy_workspace(folder: Path) -> Path:
    """Copy what the train stage reads."""
    (folder / "data").mkdir()
    for path in INPUTS:
        copy = shutil.copytree if Path(path).is_dir() else shutil.copyfile
        copy(path, folder / path)
    return folder


def train(folder: Path, delay: float | None) -> tuple[bool, bool]:
    """Train, with a kill -9 after ``delay`` seconds; tell whether it ended before, and went on."""
    settings = {"TRACKING": "off", "DVC_ROOT": str(folder), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "stages.train"],
        cwd=folder,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        output, _ = process.communicate(timeout=delay)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
    if process.returncode not in (0, -signal.SIGKILL):
        sys.exit(f"training failed: {output}")
    return process.returncode == 0, "goes on after" in output


def result(folder: Path) -> list[str]:
    """Return the md5 of the model and of the history, and remove both."""
    made = [folder / "model", folder / "metrics"]
    hashes = [dvc_md5(path) for path in made]
    for path in made:
        shutil.rmtree(path)
    return hashes


if __name__ == "__main__":
    main()
