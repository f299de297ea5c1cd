"""Finds a model: a folder, one that MLflow knows by its URI, or that of a run."""

from pathlib import Path

from stages.errors import StageError
from stages.files import MODEL
from stages.model.folder import DESCRIPTION


def find_model(name: str) -> Path:
    """Return the folder of the model of that ``name``; raise StageError if there is none."""
    folder = Path(name)
    if (folder / DESCRIPTION).exists():
        return folder
    if folder == MODEL:
        raise StageError("there is no model yet: run `make repro`, or `dvc pull` to fetch one")
    if folder.is_dir():
        raise StageError(f"{folder} is not a model: it holds no {DESCRIPTION}")
    from stages.tracking.models import stored_model  # MLflow's import takes seconds

    return stored_model(name)
