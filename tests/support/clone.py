"""A clone of the repository that runs its whole pipeline in seconds, on invented films."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import yaml

from imdb_genres.dvc_repo.git import git
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.experiments.overrides import apply_changes
from tests.support.params import values_with

TINY = {
    "download.source": "table",
    "label.min_films": 5,
    "tokenize.max_words": 100,
    "train.units": [8],
    "train.dropout": 0.2,
    "train.l1": 0,
    "train.epochs": 5,
    "train.patience": 0,
    "evaluate.bootstrap_resamples": 10,
}


def clone(folder: Path, changes: dict[str, Any] | None = None) -> Path:
    """Clone into ``folder``, on a branch ``main``; commit tiny parameters, and ``changes``, on top.

    The pipeline's code is as it stands here, committed or not.
    """
    root = repository_root()
    git("clone", "--quiet", str(root), str(folder))
    git("checkout", "--quiet", "-B", "main", folder=folder)
    for package in ("stages", "imdb_genres"):
        shutil.rmtree(folder / package, ignore_errors=True)
        shutil.copytree(
            root / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("dvc.yaml", "sources.yaml"):
        shutil.copyfile(root / name, folder / name)
    params = folder / "params.yaml"
    values = apply_changes(values_with({}), TINY | (changes or {}))
    params.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    (folder / "dvc.lock").unlink(missing_ok=True)
    for name, value in {"user.name": "Ann Other", "user.email": "ann@example.org"}.items():
        git("config", name, value, folder=folder)
    git("add", "--all", folder=folder)
    git("commit", "--quiet", "--message=Tiny parameters", folder=folder)
    return folder


def dvc(folder: Path, *arguments: str, **environment: str) -> str:
    """Run dvc in ``folder`` and return what it prints; raise CalledProcessError if it fails."""
    with TemporaryFile(
        "w+"
    ) as output:  # a pipe would stay open as long as the queue's workers live
        result = subprocess.run(
            [sys.executable, "-m", "dvc", *arguments],
            cwd=folder,
            env=clean_environment() | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        output.seek(0)
        printed = output.read()
    if result.returncode:
        raise subprocess.CalledProcessError(result.returncode, arguments, printed)
    return printed


def clean_environment() -> dict[str, str]:
    """Return the environment without what DVC hands to its stages, and with this Python first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DVC_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return kept | {"PATH": path, "PYTHONPATH": ""}
