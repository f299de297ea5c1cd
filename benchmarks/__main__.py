"""Runs the benchmarks of `make bench` and prints their tables: ``python -m benchmarks``.

A program can be run alone with the command that stands above its tables; `dvc repro` must have run.
"""

import argparse
import platform
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import psutil

LIBRARIES = ["tensorflow", "keras", "numpy", "pandas", "pyarrow", "scikit-learn", "dvc", "mlflow"]
PROGRAMS = {
    "Tokenize": [
        "tokenize --texts 36000 --rounds {rounds}",
        "tokenize --texts 250000 --rounds 1",
    ],
    "Train": [
        "train --texts 36000 --rounds {rounds}",
        "train --texts 250000 --rounds 1 --only 'train stage, 1 thread'",
    ],
    "Pipeline": ["pipeline --rounds {rounds}"],
    "Growth": ["growth"],
    "IMDb's lists": ["parse --rounds {rounds}"],
    "Threads": ["threads --rounds {rounds}"],
    "Deterministic operations": ["determinism --rounds {rounds}"],
    "Ablations": ["ablations --rounds {rounds}"],
    "Tracking": ["tracking --rounds {rounds}"],
}


def main() -> None:
    """Print the machine, then each program's tables; end with status 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, of which the median")
    rounds = parser.parse_args().rounds
    print(machine(), flush=True)
    failed = []
    for title, programs in PROGRAMS.items():
        print(f"\n## {title}", flush=True)
        for program in programs:
            command = program.format(rounds=rounds)
            print(f"\n`python -m benchmarks.{command}`\n", flush=True)
            arguments = shlex.split(f"benchmarks.{command}")
            if subprocess.run([sys.executable, "-m", *arguments]).returncode:
                failed.append(command)
    if failed:
        sys.exit(f"failed: {'; '.join(failed)}")


def machine() -> str:
    """Return a sentence on the processor, the memory, Python and the libraries that compute."""
    memory = psutil.virtual_memory().total / 1e9
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{processor()}, {psutil.cpu_count()} cores, {memory:.0f} GB; {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}."
    )


def processor() -> str:
    """Return the processor's name as Linux knows it, or its architecture."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
