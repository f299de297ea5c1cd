"""Runs the recipes of experiments.yaml through DVC's queue: all, or those that are named."""

import argparse
import subprocess
import sys

from imdb_genres.errors import UserError
from imdb_genres.experiments.recipes import experiments_of, read_recipes, set_options


def main() -> None:
    """Queue the recipes, one experiment for each of their seeds, and wait for the last to end."""
    parser = argparse.ArgumentParser(
        prog="python -m imdb_genres.cli.experiments", description=__doc__
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="recipes to run; all if none")
    parser.add_argument("--jobs", "-j", type=int, default=1, help="experiments at a time")
    arguments = parser.parse_args()
    try:
        recipes = read_recipes()
        known = dvc("exp", "list", "--all-commits", "--name-only", shown=False).split()
        for name in arguments.names or recipes:
            for experiment, changes in experiments_of(name, recipes):
                if experiment in known:
                    print(
                        f"{experiment} is there already; `dvc exp remove {experiment}` first to repeat it"
                    )
                else:
                    dvc("exp", "run", "--queue", "--name", experiment, *set_options(changes))
        dvc("exp", "run", "--run-all", "--jobs", str(arguments.jobs))
    except UserError as error:
        sys.exit(f"experiments: {error}")


def dvc(*arguments: str, shown: bool = True) -> str:
    """Run dvc, its output ``shown`` or returned; raise UserError if it fails."""
    output = None if shown else subprocess.PIPE
    result = subprocess.run([sys.executable, "-m", "dvc", *arguments], stdout=output, text=True)
    if result.returncode:
        raise UserError(
            f"`dvc {' '.join(arguments)}` failed; what was queued stays in `dvc queue status`"
        )
    return result.stdout or ""


if __name__ == "__main__":
    main()
