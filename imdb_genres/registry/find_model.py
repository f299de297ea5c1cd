"""Finds a model by its name, or the best there is. MLflow is imported only where it is needed."""

import sqlite3
import sys
from pathlib import Path
from typing import NamedTuple

from imdb_genres.errors import UserError
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.model.folder import DESCRIPTION, read_description
from imdb_genres.paths import MODEL
from imdb_genres.tracking.address import (
    database_path,
    local_folder,
    query_database,
    tracking_uri,
)

REGISTERED_MODEL = "imdb-genres"
CHAMPION = "champion"
# what MLflow's client would answer after an import of two seconds
CHAMPION_QUERY = """
SELECT versions.version, runs.name, tags.value, models.artifact_location
FROM registered_model_aliases AS aliases
JOIN model_versions AS versions ON versions.name = aliases.name AND versions.version = aliases.version
JOIN logged_models AS models ON versions.source = 'models:/' || models.model_id
LEFT JOIN runs ON runs.run_uuid = versions.run_id
LEFT JOIN model_version_tags AS tags
    ON tags.name = versions.name AND tags.version = versions.version AND tags.key = ?
WHERE aliases.name = ? AND aliases.alias = ?
"""


def find_model(name: str) -> Path:
    """Return the folder of the model of that ``name``; raise UserError if there is none.

    A name is a folder, ``workspace`` for that of the last `dvc repro`, a URI that MLflow knows, or
    the name or id of a run.
    """
    folder = MODEL if name == "workspace" else Path(name)
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
        raise UserError(f"{folder} is not a model: a model is a folder with {DESCRIPTION} in it")
    from imdb_genres.registry.logged_models import stored_model

    return stored_model(name)


class FoundModel(NamedTuple):
    """A model: its folder, the ``name`` that finds it again, and the ``title`` that people read."""

    folder: Path
    name: str
    title: str


def find_best_model() -> FoundModel:
    """Return the best model there is; raise UserError if there is none."""
    models = find_models()
    if not models:
        find_model(str(MODEL))  # raises with what to do
    return models[0]


def find_models() -> list[FoundModel]:
    """Return the champion and the workspace's model, those that exist, the best one first.

    The champion is the best, unless the workspace's model is trained for other genres.
    """
    champion = _find_champion()
    exists = (MODEL / DESCRIPTION).exists()
    local = FoundModel(MODEL, str(MODEL), "this workspace's model") if exists else None
    if champion and local and _genres(champion) != _genres(local):
        return [local, champion]
    return [model for model in (champion, local) if model]


def _genres(model: FoundModel) -> list[str]:
    return read_description(model.folder).genres


def _find_champion() -> FoundModel | None:
    """Return the champion, or None if there is none, its files are gone or its store is down."""
    path = database_path(tracking_uri())
    if path is None:
        return _ask_mlflow()
    if not path.exists():
        return None
    try:
        rows = query_database(path, CHAMPION_QUERY, PRIMARY_METRIC, REGISTERED_MODEL, CHAMPION)
    except sqlite3.Error:  # the tables of another version of MLflow
        return _ask_mlflow()
    if not rows:
        return None
    version, run, score, location = rows[0]
    package = local_folder(location)
    if package is None:  # in a bucket
        return _ask_mlflow()
    folder = package / "artifacts" / "model"
    if not (folder / DESCRIPTION).exists():
        return None
    measured = f", score {_rounded(score)}" if score else ""
    title = f"the champion (version {version}, run {run or 'deleted'}{measured})"
    return FoundModel(folder, f"models:/{REGISTERED_MODEL}/{version}", title)


def _rounded(score: str) -> str:
    """Return a score with three decimals; a tag that a user has edited may be no number."""
    try:
        return f"{float(score):.3f}"
    except ValueError:
        return score


def _ask_mlflow() -> FoundModel | None:
    name = f"models:/{REGISTERED_MODEL}@{CHAMPION}"
    try:
        return FoundModel(find_model(name), name, "the champion")
    except UserError as error:
        print(f"no champion: {error}", file=sys.stderr)
        return None
