"""Finds the best model there is: the champion of the registry, else the workspace's own."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from imdb_genres.errors import UserError
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.model.folder import DESCRIPTION, read_description
from imdb_genres.paths import MODEL
from imdb_genres.registry.find_model import find_model
from imdb_genres.tracking.address import database_path, local_folder, tracking_uri

REGISTERED_MODEL = "imdb-genres"
# what MLflow's client would answer after an import of two seconds
CHAMPION_QUERY = """
SELECT versions.version, runs.name, tags.value, models.artifact_location
FROM registered_model_aliases AS aliases
JOIN model_versions AS versions ON versions.name = aliases.name AND versions.version = aliases.version
JOIN logged_models AS models ON versions.source = 'models:/' || models.model_id
LEFT JOIN runs ON runs.run_uuid = versions.run_id
LEFT JOIN model_version_tags AS tags
    ON tags.name = versions.name AND tags.version = versions.version AND tags.key = ?
WHERE aliases.name = ? AND aliases.alias = 'champion'
"""


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
    champion = find_champion()
    exists = (MODEL / DESCRIPTION).exists()
    local = FoundModel(MODEL, str(MODEL), "this workspace's model") if exists else None
    if champion and local and _genres(champion) != _genres(local):
        return [local, champion]
    return [model for model in (champion, local) if model]


def _genres(model: FoundModel) -> list[str]:
    return read_description(model.folder).genres


def find_champion() -> FoundModel | None:
    """Return the champion, or None if there is none, its files are gone or its store is down."""
    path = database_path(tracking_uri())
    if path is None:
        return _ask_mlflow()
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as database:
            row = database.execute(CHAMPION_QUERY, (PRIMARY_METRIC, REGISTERED_MODEL)).fetchone()
    except sqlite3.Error:  # the tables of another version of MLflow
        return _ask_mlflow()
    if row is None:
        return None
    version, run, score, location = row
    package = local_folder(location)
    if package is None:  # in a bucket
        return _ask_mlflow()
    folder = package / "artifacts" / "model"
    if not (folder / DESCRIPTION).exists():
        return None
    name = f"models:/{REGISTERED_MODEL}/{version}"
    return FoundModel(folder, name, _title(version, run, score))


def _ask_mlflow() -> FoundModel | None:
    name = f"models:/{REGISTERED_MODEL}@champion"
    try:
        return FoundModel(find_model(name), name, "the champion")
    except UserError as error:
        print(f"no champion: {error}", file=sys.stderr)
        return None


def _title(version: int, run: str | None, score: str | None) -> str:
    measured = f", score {float(score):.3f}" if score else ""
    return f"the champion (version {version}, run {run or 'deleted'}{measured})"
