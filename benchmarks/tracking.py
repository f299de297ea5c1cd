"""What tracking adds to train and to evaluate, with and without it in turns.

``python -m benchmarks.tracking [--rounds 5]``, in a clone of its own on the default corpus; every
round is an experiment with a separate run. The CPU seconds include the uploader's.
"""

import argparse
import shlex
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import medians, table
from benchmarks.uploader import run_tracked
from imdb_genres.dvc_repo.git import git
from imdb_genres.dvc_repo.root import repository_root
from tests.support.clone import dvc

EXPERIMENT = "DVC_EXP_NAME=run-$$"  # the process's number
IMPORT = "python -c 'import imdb_genres.tracking.store'"
WITH, WITHOUT = "with tracking", "TRACKING=off"


def main() -> None:
    """Print a table for each stage in Markdown, and what importing MLflow costs alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each, of which the median")
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as name:
        folder = Path(name) / "clone"
        git("clone", "--quiet", str(repository_root()), str(folder))
        dvc(folder, "repro", "--quiet")  # which makes the store, too
        contenders = {
            stage: {
                WITHOUT: shell(f"TRACKING=off python -m stages.{stage}"),
                WITH: shell(f"{EXPERIMENT} python -m stages.{stage}"),
            }
            for stage in ("train", "evaluate")
        }
        for stage, commands in contenders.items():
            costs = medians(commands, rounds, folder, run_tracked)
            print(f"{stage}\n\n{table(costs, peer=WITHOUT)}\n")
        print(f"import\n\n{table(medians({'MLflow': shell(IMPORT)}, rounds, folder), 'MLflow')}")


def shell(command: str) -> list[str]:
    """Return the command line that runs ``command`` with this Python."""
    return ["sh", "-c", f"PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH; {command}"]


if __name__ == "__main__":
    main()
