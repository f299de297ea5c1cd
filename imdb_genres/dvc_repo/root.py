"""Finds the repository's root, also from a temporary workspace of DVC."""

import os
from pathlib import Path


def repository_root() -> Path:
    """Return the main checkout: DVC_ROOT, which DVC sets in temporary workspaces too.

    Outside DVC it is the nearest folder with a .dvc, from the working folder upwards, as DVC
    itself looks for it; without one, the working folder.
    """
    if root := os.environ.get("DVC_ROOT"):
        return Path(root)
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / ".dvc").is_dir()), here)


def temporary_workspaces() -> Path:
    """Return the folder in which DVC runs ``--temp`` and queued experiments, and which it empties."""
    return repository_root() / ".dvc" / "tmp" / "exps"
