"""Prints every table of docs/performance.md anew: ``make bench``, best on a machine with nothing else to do."""

import argparse
import os
import platform
import subprocess
import sys
from importlib.metadata import version

LIBRARIES = ("tensorflow", "keras", "numpy", "pyarrow", "scikit-learn", "mlflow", "dvc")
PROGRAMS = ("tokenize", "train", "parse", "pipeline")


def main() -> None:
    """Run each program with so many rounds, under a heading with its command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, of which the median")
    rounds = parser.parse_args().rounds
    print(machine(), flush=True)
    for program in PROGRAMS:
        arguments = [f"benchmarks.{program}", "--rounds", str(rounds)]
        print(f"\n## `python -m {' '.join(arguments)}`\n", flush=True)
        subprocess.run([sys.executable, "-m", *arguments], check=True)


def machine() -> str:
    """Return processor, cores, Python and libraries in one line."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{libraries}"
    )


if __name__ == "__main__":
    main()
