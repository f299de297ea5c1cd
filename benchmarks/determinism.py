"""The cost of deterministic operations: ``train.deterministic``, on and off alternately.

``python -m benchmarks.determinism [--rounds 3]`` where `dvc repro` has run.
"""

import argparse
import shlex
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import Cost, medians
from benchmarks.workspace import training_workspace
from imdb_genres.experiments.recipes import collect_overrides, read_recipes

EPOCHS = {"as-meant": 100, "cnn": 3, "gru": 3}  # some seconds of each


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, of which the median")
    rounds = parser.parse_args().rounds
    print("| recipe | deterministic, CPU s | not, CPU s | ratio |\n|---|---:|---:|---:|")
    with TemporaryDirectory() as name:
        for recipe, epochs in EPOCHS.items():
            with_it, without = costs(Path(name) / recipe, recipe, epochs, rounds)
            ratio = with_it.cpu / without.cpu
            print(f"| {recipe} | {with_it.cpu:.1f} | {without.cpu:.1f} | {ratio:.2f} |", flush=True)


def costs(folder: Path, recipe: str, epochs: int, rounds: int) -> list[Cost]:
    """Return the cost of training a recipe's network with deterministic operations and without."""
    folder.mkdir()
    network = collect_overrides(read_recipes(), recipe)
    changes: dict[str, Any] = {**network, "train.epochs": epochs, "train.patience": 0}
    commands = {}
    for choice in (True, False):
        choices = {**changes, "train.deterministic": choice}
        workspace = training_workspace(folder / str(choice), choices)
        train = f"cd {shlex.quote(str(workspace))} && {shlex.quote(sys.executable)} -m stages.train"
        commands[str(choice)] = ["sh", "-c", train]
    return list(medians(commands, rounds).values())


if __name__ == "__main__":
    main()
