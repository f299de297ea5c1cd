"""A folder in which stages run one by one, on a copy of params.yaml and apart from DVC and MLflow."""

import os
import shutil
from pathlib import Path
from typing import Any

import yaml

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.experiments.overrides import apply_changes
from imdb_genres.experiments.recipes import PARAMS


def make_workspace(folder: Path, changes: dict[str, Any]) -> Path:
    """Link the code into ``folder`` and write params.yaml with ``changes``; keys are dotted.

    From here on this process and those that it starts leave MLflow alone.
    """
    os.environ["TRACKING"] = "off"
    root = repository_root()
    folder.mkdir()
    for part in ("stages", "imdb_genres", "dvc.yaml", "sources.yaml"):
        (folder / part).symlink_to(root / part)
    values = yaml.safe_load((root / PARAMS).read_text(encoding="utf-8"))
    (folder / PARAMS).write_text(yaml.safe_dump(apply_changes(values, changes)), encoding="utf-8")
    return folder


def training_workspace(folder: Path, changes: dict[str, Any]) -> Path:
    """Make a workspace that holds what train reads, copied from this repository's data/."""
    make_workspace(folder, changes)
    (folder / "data").mkdir()
    for name in ("tokens.npz", "vocabulary.txt"):
        shutil.copy(repository_root() / "data" / name, folder / "data")
    return folder
