"""Registers evaluated models, and promotes one that is better than the champion.

A paired test on the same test films decides; a version's tags ``decision`` and ``reason`` record it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from mlflow import MlflowClient
from mlflow.entities import LoggedModel, Run
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from imdb_genres.evaluation.bootstrap import SIGN_FLIP_SEED, difference, verdict
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

ABOUT = "One version per evaluated model; the best is the champion."
OUTCOMES = {"promoted": "promoted to champion", "champion": "the champion"}


class Decision(NamedTuple):
    """Whether a version becomes champion, and why."""

    status: str  # promoted | kept | not compared | champion
    reason: str


def register_evaluated(client: MlflowClient, run: Run, journal: Path) -> str | None:
    """Register the newest model of a run whose journal has predictions; return the decision."""
    predictions = journal / "artifacts" / PREDICTIONS
    models = list_models(client, run) if predictions.exists() else []
    if not models:
        return None
    with store_lock():  # only one process at a time decides
        return register(client, client.get_run(run.info.run_id), models[-1], predictions)


def register(client: MlflowClient, run: Run, model: LoggedModel, predictions: Path) -> str:
    """Register the run's model, decide whether it becomes champion, and return both in a sentence.

    ``predictions`` is the file that evaluate wrote. A model that is registered already is compared
    anew. Call it under ``store_lock``.
    """
    result = make_result(REGISTERED_MODEL, {}, PredictionTable.read(predictions))
    version = _find_version(client, model)
    decision = decide(client, version, model.tags[MD5], result)
    # with the model: a run's own predictions are those of its newest model only
    add_files(client, model, predictions)
    log_model_metrics(client, run, model)
    tags = {
        "decision": decision.status,
        "reason": decision.reason,
        "test_films": films_hash(result),
        PRIMARY_METRIC: f"{result.primary.score():.4f}",
        MD5: model.tags[MD5],
    }
    if version is None:
        text = version_description(run, model, result, decision.reason)
        version = _create_version(client, model, tags, text)
    else:
        for key, value in tags.items():
            client.set_model_version_tag(REGISTERED_MODEL, version.version, key, value)
    if decision.status == "promoted":
        client.set_registered_model_alias(REGISTERED_MODEL, CHAMPION, version.version)
    return (
        f"version {version.version} of the model {REGISTERED_MODEL}, "
        f"{OUTCOMES.get(decision.status, 'not promoted')}: {decision.reason}"
    )


def _find_version(client: MlflowClient, model: LoggedModel) -> ModelVersion | None:
    """Return the version of the model, if it is registered."""
    condition = f"name = '{REGISTERED_MODEL}' and run_id = '{model.source_run_id}'"
    versions = client.search_model_versions(condition)
    return next((version for version in versions if version.source == _source(model)), None)


def _create_version(
    client: MlflowClient, model: LoggedModel, tags: dict[str, str], description: str
) -> ModelVersion:
    """Register the model, under a registered model that is created with its first version."""
    create = partial(
        client.create_model_version,
        REGISTERED_MODEL,
        _source(model),
        model.source_run_id,
        tags=tags,
        description=description,
        model_id=model.model_id,
    )
    with _tracking_uri(client.tracking_uri):
        try:
            return create()
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
        client.create_registered_model(REGISTERED_MODEL, description=ABOUT)
        return create()


def _source(model: LoggedModel) -> str:
    return f"models:/{model.model_id}"


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


def decide(
    client: MlflowClient, version: ModelVersion | None, md5: str, result: Result
) -> Decision:
    """Compare a model with the present champion: its ``md5``, how it was tested, its version."""
    champion = find_champion(client)
    if champion is None:
        return Decision("promoted", "there was no champion")
    name = f"the champion, version {champion.version}"
    if version and champion.version == version.version:
        return Decision("champion", "it is the champion already")
    others = read_version_result(client, version_uri(champion))
    if champion.tags.get(MD5) == md5:
        same = f"it is the same model as {name}, to the byte"
        if others:
            return Decision("champion", same)
        return Decision("promoted", f"{same}, and that one has lost its files")
    if others is None:
        return _not_compared(f"{name}, has no predictions to compare with")
    if why := incompatibility(others, result):
        return _not_compared(f"the new model is not compared with {name}, because {why}")
    found = difference([others.primary], [result.primary], SIGN_FLIP_SEED)
    better = found.value > 0 and found.significant
    return Decision("promoted" if better else "kept", verdict(name, "the new model", found))


def _not_compared(why: str) -> Decision:
    return Decision(
        "not compared",
        f"{why}; to prefer the new model, give its version the alias {CHAMPION} in MLflow "
        "(docs/glossary.md, Champion)",
    )


def films_hash(result: Result) -> str:
    """Return a hash of the test: the films, their genres, and the genres to choose from."""
    shares = result.primary.denominator.round(6).tolist()
    return short_hash(repr((list(result.films), result.genres, shares)))
