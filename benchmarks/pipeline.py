"""Cost of ``dvc repro`` from nothing, compared with one process that does the same work, and by stage.

``python -m benchmarks.pipeline [--rounds 3]``; every run has a fresh clone and its own store.
The CPU seconds of ``dvc repro`` include the uploader's; those of a stage do not.
"""

import argparse
import shlex
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Cost, median, medians, run_rounds, table
from benchmarks.uploader import run_tracked
from imdb_genres.dvc_repo.pipeline import read_stages
from imdb_genres.dvc_repo.root import repository_root

PYTHON = sys.executable
IN_FRESH_CLONE = "rm -rf clone && git clone --quiet {origin} clone && cd clone && {command}"
CONTENDERS = {
    "one process": [PYTHON, "-m", "benchmarks.straight_line"],
    "dvc repro": [PYTHON, "-m", "dvc", "repro"],
}


def main() -> None:
    """Print both tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, of which the median")
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as folder:
        commands = {name: fresh_clone(command) for name, command in CONTENDERS.items()}
        runs = run_rounds(commands, rounds, Path(folder), run_tracked)
        print(table({name: median(costs) for name, costs in runs.items()}, "one process"), "\n")
        print(pairs(runs), "\n")
        print(stage_table(Path(folder) / "clone", rounds))


def pairs(runs: dict[str, list[Cost]]) -> str:
    """Return a sentence on the ratios of wall time within each round."""
    one, dvc = runs.values()
    ratios = [theirs.wall / its.wall for its, theirs in zip(one, dvc, strict=True)]
    return (
        f"dvc repro to one process in each of {len(ratios)} rounds: median "
        f"{statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}"
    )


def fresh_clone(command: list[str]) -> list[str]:
    """Return the command line that runs ``command`` in a new clone of this repository."""
    origin = shlex.quote(str(repository_root()))
    return ["sh", "-c", IN_FRESH_CLONE.format(origin=origin, command=shlex.join(command))]


def stage_table(clone: Path, rounds: int) -> str:
    """Return, for each stage of a clone that has run, its cost, its imports' and what is left."""
    lines = [
        "| stage | CPU s | of it imports | of it work | wall s | peak MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for stage in read_stages():
        commands = {
            "whole": [PYTHON, "-m", f"stages.{stage}"],
            "imports": [PYTHON, "-c", f"import stages.{stage}"],
        }
        whole, imports = medians(commands, rounds, clone).values()
        lines.append(
            f"| {stage} | {whole.cpu:.2f} | {imports.cpu:.2f} | {whole.cpu - imports.cpu:.2f} "
            f"| {whole.wall:.2f} | {whole.peak:.0f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
