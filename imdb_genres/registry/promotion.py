"""Registers evaluated models, and makes one the champion where it is better than the present one.

A paired test on the same test films decides; a version's tags ``decision`` and ``reason`` say what
became of it.
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
from imdb_genres.evaluation.experiment_result import Result, incompatibility, make_result
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.evaluation.predictions import PredictionTable
from imdb_genres.hashing import short_hash
from imdb_genres.registry import champion as registry
from imdb_genres.registry.champion import CHAMPION, TITLE, champion_of, result_of, uri_of
from imdb_genres.registry.logged_models import MD5, models_of

SEED = 7  # of the sign flips


class Decision(NamedTuple):
    """Whether a version becomes champion, and why."""

    word: str  # promoted | kept | not compared | champion
    reason: str


def register(client: MlflowClient, run_id: str, predictions: Path) -> str:
    """Register the run's model, decide whether it becomes champion, and return both in a sentence.

    ``predictions`` is the file that evaluate made. A model that is registered already is decided on
    anew.
    """
    result = make_result(TITLE, {}, PredictionTable.read(predictions))
    model = models_of(client, run_id)[-1]
    version = _version(client, run_id, model)
    decision = decide(client, version, model.tags[MD5], result)
    # with the model: a run's own predictions are those of its newest model alone
    client.log_model_artifact(model.model_id, str(predictions))
    if decision.word == "promoted":
        client.set_registered_model_alias(TITLE, CHAMPION, version.version)
    tags = {
        "decision": decision.word,
        "reason": decision.reason,
        "test_films": films_hash(result),
        PRIMARY_METRIC: f"{result.primary.score():.4f}",
        MD5: model.tags[MD5],
    }
    for key, value in tags.items():
        client.set_model_version_tag(TITLE, version.version, key, value)
    return f"version {version.version} of the model {TITLE}, {decision.word}: {decision.reason}"


def _version(client: MlflowClient, run_id: str, model: LoggedModel) -> ModelVersion:
    """Return the version of the run's model, made if there is none."""
    source = f"models:/{model.model_id}"
    try:
        client.create_registered_model(TITLE, description=registry.__doc__)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    for version in client.search_model_versions(f"name = '{TITLE}' and run_id = '{run_id}'"):
        if version.source == source:
            return version
    with _tracking_uri(client.tracking_uri):
        return client.create_model_version(TITLE, source, run_id, model_id=model.model_id)


@contextmanager
def _tracking_uri(uri: str) -> Iterator[None]:
    """Set MLFLOW_TRACKING_URI for a while: a registry looks models up there, whatever client asks.

    Its default is a store in the working folder, which in a queued experiment is a temporary one.
    """
    kept = os.environ.get("MLFLOW_TRACKING_URI")
    os.environ["MLFLOW_TRACKING_URI"] = uri
    try:
        yield
    finally:
        if kept is None:
            del os.environ["MLFLOW_TRACKING_URI"]
        else:
            os.environ["MLFLOW_TRACKING_URI"] = kept


def decide(client: MlflowClient, version: ModelVersion, md5: str, result: Result) -> Decision:
    """Compare a version with the present champion: its model's ``md5``, and how it was tested."""
    champion = champion_of(client)
    if champion is None:
        return Decision("promoted", "there was no champion")
    name = f"the champion, version {champion.version}"
    if champion.version == version.version:
        return Decision("champion", "it is the champion already")
    others = result_of(client, uri_of(champion))
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
    better = found.value > 0 and found.p < 0.05
    return Decision("promoted" if better else "kept", verdict(name, "this one", found))


def _not_compared(version: ModelVersion, why: str) -> Decision:
    by_hand = f"give version {version.version} the alias {CHAMPION} in MLflow to prefer it"
    return Decision("not compared", f"{why}; {by_hand}")


def films_hash(result: Result) -> str:
    """Return a hash of the test: which films, which genres they have, which ones are known."""
    shares = result.primary.denominator.round(6).tolist()
    return short_hash(repr((list(result.films), result.genres, shares)))
