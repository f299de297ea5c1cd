"""The registered model imdb-genres: one version per evaluated model; the best is the champion."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from imdb_genres.evaluation.experiment_result import PREDICTIONS, Result, make_result
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.evaluation.predictions import PredictionTable
from imdb_genres.registry.find_model import CHAMPION, REGISTERED_MODEL
from imdb_genres.registry.logged_models import fetch, find_logged_model
from imdb_genres.registry.names import SYNC_COMMAND
from imdb_genres.tracking.opening import open_existing_client, store_errors

VERSIONS_SHOWN = 30


def registered_models() -> list[tuple[str, str]]:
    """Return the URIs of the versions, the champion's first and then the newest, each with a title.

    Raises UserError if the store cannot be used.
    """
    with store_errors():
        client = open_existing_client(SYNC_COMMAND)
        if client is None:
            return []
        champion = find_champion(client)
        best = champion.version if champion else None
        versions = list(
            client.search_model_versions(f"name = '{REGISTERED_MODEL}'", max_results=VERSIONS_SHOWN)
        )
        if champion and best not in [version.version for version in versions]:
            versions.append(champion)
        versions.sort(key=lambda version: (version.version != best, -int(version.version)))
        return [(version_uri(version), _title(client, version, best)) for version in versions]


def _title(client: MlflowClient, version: ModelVersion, best: str | None) -> str:
    try:
        name = client.get_run(str(version.run_id)).info.run_name
    except MlflowException:  # deleted for good, or registered without one
        name = "no run"
    mark = "champion: " if version.version == best else ""
    score = version.tags.get(PRIMARY_METRIC, "not evaluated")
    return f"{mark}version {version.version}, {name}, {score}"


def version_uri(version: ModelVersion) -> str:
    """Return the name by which MLflow and ``find_model`` know a version."""
    return f"models:/{REGISTERED_MODEL}/{version.version}"


def version_card(uri: str) -> str:
    """Return the model card and the data card of a version, in Markdown; "" for any other model.

    Raises UserError if the store cannot be used.
    """
    match = re.fullmatch(f"models:/{REGISTERED_MODEL}/(\\d+)", uri)
    with store_errors():
        client = open_existing_client(SYNC_COMMAND) if match else None
        if match is None or client is None:
            return ""
        return str(client.get_model_version(REGISTERED_MODEL, match[1]).description or "")


def find_champion(client: MlflowClient) -> ModelVersion | None:
    """Return the champion, if there is one."""
    try:
        return client.get_model_version_by_alias(REGISTERED_MODEL, CHAMPION)
    except MlflowException as error:
        if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            return None
        raise


def read_version_result(client: MlflowClient, uri: str) -> Result | None:
    """Return the predictions of the model of that URI, if they are still there and complete."""
    with TemporaryDirectory() as folder:
        try:
            model = find_logged_model(client, uri)
            path = fetch(client, model, Path(PREDICTIONS).name, Path(folder))
            return make_result(uri, {}, PredictionTable.read(path))
        except (MlflowException, OSError, KeyError, ValueError):
            return None


def tested_films(uri: str) -> frozenset[str]:
    """Return the films that the model of that URI was tested on, and so not trained on.

    There are none where its predictions are lost.
    """
    with store_errors():
        client = open_existing_client(SYNC_COMMAND)
        result = read_version_result(client, uri) if client else None
    return frozenset(result.films if result else ())
