"""CPU seconds of a stage with a speed trick and without it.

``python -m benchmarks.ablations [--rounds 3]`` where `dvc repro` has run. A trick stays only while it
saves more than 5 % of a stage.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.measure import medians
from benchmarks.workspace import training_workspace

RUN = "import runpy; runpy.run_module({module!r}, run_name='__main__')"


class Ablation(NamedTuple):
    """A trick, a program that it speeds up, and Python code that undoes it before the program runs."""

    trick: str
    module: str
    without: str


ABLATIONS = [
    Ablation(
        "garbage collector: threshold of 100,000, frozen at exit",
        "stages.train",
        "import atexit, gc; before = gc.get_threshold(); "
        "import stages; gc.set_threshold(*before); atexit.unregister(gc.freeze)",
    ),
    Ablation(
        "matplotlib, pandas and scikit-learn hidden from Keras",
        "stages.train",
        "import stages, matplotlib, pandas, sklearn",  # only what is not imported yet is hidden
    ),
    Ablation(
        "Adam's update fused into one operation",
        "stages.train",
        "import stages; from imdb_genres.training.optimizers import FusedAdam; del FusedAdam.update_step",
    ),
    Ablation(
        "OpenBLAS threads sleep soon",
        "numpy",
        "import os, imdb_genres.startup; del os.environ['OPENBLAS_THREAD_TIMEOUT']",
    ),
]


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, of which the median")
    rounds = parser.parse_args().rounds
    print("| trick | program | with, CPU s | without, CPU s | saved |\n|---|---|---:|---:|---:|")
    with TemporaryDirectory() as name:
        folder = training_workspace(Path(name) / "workspace", {"train.patience": 10})
        for ablation in ABLATIONS:
            with_it, without = cpu_seconds(ablation, folder, rounds)
            figures = f"{with_it:.2f} | {without:.2f} | {1 - with_it / without:.0%}"
            print(f"| {ablation.trick} | {ablation.module} | {figures} |", flush=True)


def cpu_seconds(ablation: Ablation, folder: Path, rounds: int) -> tuple[float, float]:
    """Return the CPU seconds of the program with the trick and without it, run alternately."""
    start = "import stages" if ablation.module != "numpy" else "import imdb_genres.startup"
    run = RUN.format(module=ablation.module) if ablation.module != "numpy" else "import numpy"
    programs = {"with": f"{start}; {run}", "without": f"{ablation.without}; {start}; {run}"}
    commands = {name: [sys.executable, "-c", code] for name, code in programs.items()}
    costs = medians(commands, rounds, folder)
    return costs["with"].cpu, costs["without"].cpu


if __name__ == "__main__":
    main()
