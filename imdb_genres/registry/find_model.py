"""Finds a model: a folder, one that MLflow knows by its URI, or that of a run."""

from pathlib import Path

from imdb_genres.errors import UserError
from imdb_genres.model.folder import DESCRIPTION
from imdb_genres.paths import MODEL


def find_model(name: str) -> Path:
    """Return the folder of the model of that ``name``; raise UserError if there is none."""
    folder = Path(name)
    try:
        exists, described = folder.exists(), (folder / DESCRIPTION).exists()
    except OSError as error:
        raise UserError(f"the model {name[:80]!r} cannot be read: {error.strerror}") from None
    if described:
        return folder
    if folder == MODEL:
        raise UserError(
            "there is no model yet: run `make repro`, `make best`, or `dvc pull` to fetch one"
        )
    if exists:
        raise UserError(f"{folder} is no model: a model is a folder with {DESCRIPTION} in it")
    from imdb_genres.registry.logged_models import stored_model  # MLflow's import takes seconds

    return stored_model(name)
