"""Finds a model: a folder, one that MLflow knows by its URI, or that of a run."""

from pathlib import Path

from stages.errors import StageError
from stages.files import MODEL
from stages.model.folder import DESCRIPTION


def find_model(name: str) -> Path:
    """Return the folder of the model of that ``name``; raise StageError if there is none."""
    folder = Path(name)
    try:
        exists, described = folder.exists(), (folder / DESCRIPTION).exists()
    except OSError as error:
        raise StageError(f"the model {name[:80]!r} cannot be read: {error.strerror}") from None
    if described:
        return folder
    if folder == MODEL:
        raise StageError("there is no model yet: run `make repro`, or `dvc pull` to fetch one")
    if exists:
        raise StageError(f"{folder} is no model: a model is a folder with {DESCRIPTION} in it")
    from stages.tracking.models import stored_model  # MLflow's import takes seconds

    return stored_model(name)
