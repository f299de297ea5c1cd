"""Kills training again and again and compares what it ends with: at random moments, and in writing.

In a clone where `dvc repro` has run: python -m tests.robustness.kills --kills 100
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
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from imdb_genres.hashing import dvc_md5

INPUTS = (
    "params.yaml",
    "dvc.yaml",
    "stages",
    "imdb_genres",
    "data/vocabulary.txt",
    "data/tokens.npz",
)
# one kill at each moment, then a training in peace
MOMENTS = ["at random", "writing a checkpoint"] * 3 + ["writing model/"]
PARTS = {
    "writing a checkpoint": ".dvc/tmp/checkpoints/*/.state.npz.part",
    "writing model/": ".model.part",
}
LOOK_SECONDS = 0.001


def main() -> None:
    """Train once in peace, then under fire until ``--kills`` kills; count the equal results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    wanted = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as name:
        folder = copy_workspace(Path(name))
        begin = time.monotonic()
        train(folder, never)
        seconds, expected = time.monotonic() - begin, result(folder)
        counts: Counter[str] = Counter()
        while sum(counts[moment] for moment in MOMENTS[-3:]) < wanted:
            for moment in [*MOMENTS, "never"]:
                survived, went_on = train(folder, moment_in(folder, moment, seconds))
                counts["resumed"] += went_on
                counts["finished" if survived else moment] += 1
                if survived:
                    counts["equal to the byte"] += result(folder) == expected
            print(dict(counts), flush=True)


def copy_workspace(folder: Path) -> Path:
    """Copy what the train stage reads."""
    (folder / "data").mkdir()
    for path in INPUTS:
        copy = shutil.copytree if Path(path).is_dir() else shutil.copyfile
        copy(path, folder / path)
    return folder


def never() -> bool:
    """Let the training end."""
    return False


def moment_in(folder: Path, moment: str, seconds: float) -> Callable[[], bool]:
    """Return what tells that ``moment`` has come in a training of about so many ``seconds``."""
    if moment == "never":
        return never
    after = time.monotonic() + random.uniform(0.4, 1) * seconds
    if moment == "at random":
        return lambda: time.monotonic() > after
    late = moment == "writing a checkpoint"  # not always the first one
    return lambda: (not late or time.monotonic() > after) and any(folder.glob(PARTS[moment]))


def train(folder: Path, has_come: Callable[[], bool]) -> tuple[bool, bool]:
    """Train, with a kill -9 when the moment ``has_come``; tell whether it ended, and went on."""
    settings = {"TRACKING": "off", "DVC_ROOT": str(folder), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "stages.train"],
        cwd=folder,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None:
        if has_come():
            process.kill()
            break
        time.sleep(LOOK_SECONDS)
    output, _ = process.communicate()
    if process.returncode not in (0, -signal.SIGKILL):
        sys.exit(f"training ended with {process.returncode}: {output}")
    return process.returncode == 0, "resuming after" in output


def result(folder: Path) -> list[str]:
    """Return the md5 of the model and of the history, and remove both."""
    made = [folder / "model", folder / "metrics"]
    hashes = [dvc_md5(path) for path in made]
    for path in made:
        shutil.rmtree(path)
    return hashes


if __name__ == "__main__":
    main()
