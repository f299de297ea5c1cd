"""Runs the pipeline in two fresh clones with different environments: `imdb-genres verify`."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from imdb_genres.dvc_repo.git import git
from imdb_genres.dvc_repo.lockfile import Lock, output_hashes, read_lock
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError

ENVIRONMENTS = {
    "first": {
        "USER": "ann",
        "LOGNAME": "ann",
        "TZ": "UTC",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "1",
        "OMP_NUM_THREADS": "1",
    },
    "another/second": {
        "USER": "björn",
        "LOGNAME": "björn",
        "TZ": "Asia/Kathmandu",
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "2",
        "OMP_NUM_THREADS": "3",
    },
}


@click.command()
def command() -> None:
    """Run the last commit in two clones and compare their outputs byte for byte.

    The clones differ in folder, user, time zone, locale, hash seed and number of threads. Takes twice
    the time of `dvc repro --force` and leaves this workspace alone. Ends with status 1 and the names
    of the outputs that differ, if any do.
    """
    with TemporaryDirectory() as folder:
        locks = {
            name: reproduce_in_clone(Path(folder) / name, world)
            for name, world in ENVIRONMENTS.items()
        }
        (committed, first), (_, second) = locks.values()
        if differing := differences(first, second):
            raise UserError(f"not the same bytes in both clones: {', '.join(differing)}")
        outputs = sum(len(output_hashes(first, stage)) for stage in first)
        print(f"verify: {outputs} outputs of {len(first)} stages are the same to the byte in both")
        print(f"verify: {compare_with_commit(first, committed)}")


def reproduce_in_clone(folder: Path, world: dict[str, str]) -> tuple[Lock, Lock]:
    """Clone the last commit into ``folder`` and run everything; return its dvc.lock before and after."""
    git("clone", "--quiet", str(repository_root()), str(folder))
    committed = read_lock(folder / "dvc.lock")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DVC_")}
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = kept | world | {"PATH": tools, "TRACKING": "off"}
    print(f"verify: dvc repro --force in {folder}", flush=True)
    command = [sys.executable, "-m", "dvc", "repro", "--force", "--quiet"]
    if subprocess.run(command, cwd=folder, env=environment).returncode:
        raise UserError("the pipeline failed; its own words stand above")
    return committed, read_lock(folder / "dvc.lock")


def differences(first: Lock, second: Lock) -> list[str]:
    """Return the outputs that are not the same, the earliest stage's first."""
    return [
        f"{path} ({stage})"
        for stage in first
        for path, md5 in output_hashes(first, stage).items()
        if output_hashes(second, stage).get(path) != md5
    ]


def compare_with_commit(made: Lock, committed: Lock) -> str:
    """Return how what was made here stands to the committed dvc.lock, and why it may differ."""
    differing = differences(made, committed)
    if not committed:
        return "no dvc.lock is committed to compare with"
    if not differing:
        return "the committed dvc.lock has the same"
    first = next(
        stage for stage in made if output_hashes(made, stage) != output_hashes(committed, stage)
    )
    inputs = [
        [lock.get(first, {}).get(part) for part in ("deps", "params")] for lock in (made, committed)
    ]
    why = (
        f"{first} read the same, so this machine computes other last digits"
        if inputs[0] == inputs[1]
        else f"{first} read other files or parameters then: run `dvc repro` and commit dvc.lock"
    )
    return f"the committed dvc.lock differs in {', '.join(differing)}; {why}"
