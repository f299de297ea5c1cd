"""Registers evaluated models, and promotes one that is better than the champion.

A paired test on the same test films decides; a version's tags ``decision`` and ``reason`` record it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from mlflow import MlflowClient
from mlflow.entities import LoggedModel
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from imdb_genres.evaluation.bootstrap import difference, verdict
from imdb_genres.evaluation.experiment_result import (
    PREDICTIONS,
    Result,
    incompatibility,
    make_result,
)
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.evaluation.predictions import PredictionTable
from imdb_genres.hashing import short_hash
from imdb_genres.registry.cards import version_description
from imdb_genres.registry.champion import find_champion, read_version_result, version_uri
from imdb_genres.registry.find_model import CHAMPION, REGISTERED_MODEL
from imdb_genres.registry.log_model import add_files, log_model_metrics
from imdb_genres.registry.logged_models import MD5, list_models
from imdb_genres.tracking.opening import store_lock

SEED = 7  # of the sign flips
ABOUT = "One version per evaluated model; the best is the champion."
OUTCOMES = {"promoted": "promoted to champion", "champion": "the champion"}


class Decision(NamedTuple):
    """Whether a version becomes champion, and why."""

    status: str  # promoted | kept | not compared | champion
    reason: str


def register_evaluated(client: MlflowClient, run_id: str, journal: Path) -> str | None:
    """Register the model of a run whose journal has predictions; return the decision."""
    predictions = journal / "artifacts" / PREDICTIONS
    if not predictions.exists() or not list_models(client, run_id):
        return None
    with store_lock():  # only one process at a time decides
        return register(client, run_id, predictions)


def register(client: MlflowClient, run_id: str, predictions: Path) -> str:
    """Register the run's model, decide whether it becomes champion, and return both in a sentence.

    ``predictions`` is the file that evaluate wrote. A model that is registered already is compared
    anew. Call it under ``store_lock``.
    """
    result = make_result(REGISTERED_MODEL, {}, PredictionTable.read(predictions))
    model = list_models(client, run_id)[-1]
    version = _version(client, run_id, model)
    decision = decide(client, version, model.tags[MD5], result)
    # with the model: a run's own predictions are those of its newest model only
    add_files(client, model, predictions)
    log_model_metrics(client, run_id, model)
    if decision.status == "promoted":
        client.set_registered_model_alias(REGISTERED_MODEL, CHAMPION, version.version)
    tags = {
        "decision": decision.status,
        "reason": decision.reason,
        "test_films": films_hash(result),
        PRIMARY_METRIC: f"{result.primary.score():.4f}",
        MD5: model.tags[MD5],
    }
    for key, value in tags.items():
        client.set_model_version_tag(REGISTERED_MODEL, version.version, key, value)
    if not version.description:  # the user may write there
        text = version_description(client.get_run(run_id), model, result, decision.reason)
        client.update_model_version(REGISTERED_MODEL, version.version, text)
    return (
        f"version {version.version} of the model {REGISTERED_MODEL}, "
        f"{OUTCOMES.get(decision.status, 'not promoted')}: {decision.reason}"
    )


def _version(client: MlflowClient, run_id: str, model: LoggedModel) -> ModelVersion:
    """Return the version of the run's model, creating it if there is none."""
    source = f"models:/{model.model_id}"
    try:
        client.create_registered_model(REGISTERED_MODEL, description=ABOUT)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    for version in client.search_model_versions(
        f"name = '{REGISTERED_MODEL}' and run_id = '{run_id}'"
    ):
        if version.source == source:
            return version
    with _tracking_uri(client.tracking_uri):
        return client.create_model_version(
            REGISTERED_MODEL, source, run_id, model_id=model.model_id
        )


@contextmanager
def _tracking_uri(uri: str) -> Iterator[None]:
    """Set MLFLOW_TRACKING_URI for a while: the registry looks models up there, not in the client's.

    Its default is a store in the working folder, which in a queued experiment is a temporary one.
    """
    before = os.environ.get("MLFLOW_TRACKING_URI", "")  # MLflow takes an empty one as none
    os.environ["MLFLOW_TRACKING_URI"] = uri
    try:
        yield
    finally:
        os.environ["MLFLOW_TRACKING_URI"] = before


def decide(client: MlflowClient, version: ModelVersion, md5: str, result: Result) -> Decision:
    """Compare a version with the present champion: its model's ``md5``, and how it was tested."""
    champion = find_champion(client)
    if champion is None:
        return Decision("promoted", "there was no champion")
    name = f"the champion, version {champion.version}"
    if champion.version == version.version:
        return Decision("champion", "it is the champion already")
    others = read_version_result(client, version_uri(champion))
    if champion.tags.get(MD5) == md5:
        same = f"it is the same model as {name}, to the byte"
        if others:
            return Decision("champion", same)
        return Decision("promoted", f"{same}, and that one has lost its files")
    if others is None:
        return _not_compared(version, f"{name}, has no predictions to compare with")
    if why := incompatibility(others, result):
        return _not_compared(version, f"{name}, and this one: {why}")
    found = difference([others.primary], [result.primary], SEED)
    better = found.value > 0 and found.significant
    return Decision("promoted" if better else "kept", verdict(name, "this one", found))


def _not_compared(version: ModelVersion, why: str) -> Decision:
    by_hand = f"to prefer it, give version {version.version} the alias {CHAMPION} in MLflow"
    return Decision("not compared", f"{why}; {by_hand}")


def films_hash(result: Result) -> str:
    """Return a hash of the test: the films, their genres, and the genres to choose from."""
    shares = result.primary.denominator.round(6).tolist()
    return short_hash(repr((list(result.films), result.genres, shares)))
