"""The registered model imdb-genres: a version for each evaluated model, the best one the champion.

A version becomes ``@champion`` only where a paired test on the same test films says that it is
better; its tags ``decision`` and ``reason`` say what became of it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pandas as pd
from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.entities import LoggedModel
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from stages.errors import StageError
from stages.hashing import short_hash
from stages.scoring.bootstrap import difference, verdict
from stages.scoring.result import PREDICTIONS, Result, make_result
from stages.scoring.scores import HEADLINE
from stages.tracking.address import reason
from stages.tracking.models import MD5, existing_store, find_logged_model, models_of

TITLE = "imdb-genres"
CHAMPION = "champion"
RESAMPLES = 2000
VERSIONS_SHOWN = 30
SEED = 7  # of the resamples alone


class Decision(NamedTuple):
    """Whether a version becomes champion, and why."""

    word: str  # promoted | kept | not compared | champion
    reason: str


def register(client: MlflowClient, run_id: str, predictions: Path) -> str:
    """Register the run's model, decide whether it becomes champion, and return both in a sentence.

    ``predictions`` is the file that evaluate made. A model that is registered already is decided on
    anew.
    """
    result = make_result(TITLE, {}, pd.read_parquet(predictions))
    model = models_of(client, run_id)[-1]
    version = _version(client, run_id, model)
    decision = decide(client, version, result)
    tags = {
        "decision": decision.word,
        "reason": decision.reason,
        "test_films": films_hash(result),
        HEADLINE: f"{result.headline.score():.4f}",
    }
    # with the model: a run's own predictions are those of its newest model alone
    client.log_model_artifact(model.model_id, str(predictions))
    for key, value in tags.items():
        client.set_model_version_tag(TITLE, version.version, key, value)
    if decision.word == "promoted":
        client.set_registered_model_alias(TITLE, CHAMPION, version.version)
    return f"version {version.version} of the model {TITLE}, {decision.word}: {decision.reason}"


def registered_models() -> list[tuple[str, str]]:
    """Return the URIs of the versions, the champion's first and then the newest, each with a title.

    Raises StageError if the store does not answer.
    """
    client = existing_store()
    if client is None:
        return []
    try:
        champion = _champion(client)
        best = champion.version if champion else None
        versions = client.search_model_versions(f"name = '{TITLE}'", max_results=VERSIONS_SHOWN)
        if champion and best not in [version.version for version in versions]:
            versions.append(champion)
        versions.sort(key=lambda version: (version.version != best, -int(version.version)))
        return [
            (f"models:/{TITLE}/{version.version}", _title(client, version, best))
            for version in versions
        ]
    except MlflowException as error:
        raise StageError(f"MLflow's models are away ({reason(error)})") from None


def tested_films(name: str) -> frozenset[str]:
    """Return the films that the version of that URI was tested on, and so has not learnt from.

    There are none where its predictions are lost.
    """
    client = existing_store()
    result = _result(client, name) if client else None
    return frozenset(result.films if result else ())


def _title(client: MlflowClient, version: ModelVersion, best: str | None) -> str:
    name = client.get_run(version.run_id).info.run_name if version.run_id else "no run"
    mark = "champion: " if version.version == best else ""
    score = version.tags.get(HEADLINE, "not evaluated")
    return f"{mark}version {version.version}, {name}, {score}"


def _version(client: MlflowClient, run_id: str, model: LoggedModel) -> ModelVersion:
    """Return the version of the run's model, made if there is none."""
    source = f"models:/{model.model_id}"
    try:
        client.create_registered_model(TITLE, description=__doc__)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    for version in client.search_model_versions(f"name = '{TITLE}' and run_id = '{run_id}'"):
        if version.source == source:
            return version
    tags = {MD5: model.tags[MD5]}
    with _tracking_uri(client.tracking_uri):
        return client.create_model_version(TITLE, source, run_id, tags, model_id=model.model_id)


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


def decide(client: MlflowClient, version: ModelVersion, result: Result) -> Decision:
    """Compare a version that was tested with ``result`` with the present champion."""
    champion = _champion(client)
    if champion is None:
        return Decision("promoted", "it is the first")
    name = f"the champion, version {champion.version},"
    if champion.version == version.version:
        return Decision("champion", "it is the champion already")
    if champion.tags[MD5] == version.tags[MD5]:
        return Decision("champion", f"it is the same model as {name} to the byte")
    by_hand = f"give version {version.version} the alias {CHAMPION} in MLflow to prefer it"
    if champion.tags.get("test_films") != films_hash(result):
        return Decision(
            "not compared",
            f"{name} was tested on other films, or knows other genres, of another corpus, label, "
            f"split or seed; {by_hand}",
        )
    others = _result(client, f"models:/{TITLE}/{champion.version}")
    if others is None:
        return Decision("not compared", f"{name} has lost its predictions; {by_hand}")
    found = difference([others.headline], [result.headline], RESAMPLES, SEED)
    better = found.value > 0 and found.p < 0.05
    sentence = verdict(name.removesuffix(","), "this one", found)
    return Decision("promoted" if better else "kept", sentence)


def _champion(client: MlflowClient) -> ModelVersion | None:
    try:
        return client.get_model_version_by_alias(TITLE, CHAMPION)
    except MlflowException as error:
        if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            return None
        raise


def _result(client: MlflowClient, name: str) -> Result | None:
    """Return what the model of that URI predicted, if it is still there."""
    with TemporaryDirectory() as folder:
        try:
            model = find_logged_model(client, name)
            source = f"{model.artifact_location}/{Path(PREDICTIONS).name}"
            path = download_artifacts(source, dst_path=folder, tracking_uri=client.tracking_uri)
            return make_result(TITLE, {}, pd.read_parquet(path))
        except (MlflowException, OSError):
            return None


def films_hash(result: Result) -> str:
    """Return a hash of the test: which films, which genres they have, which ones are known."""
    shares = result.headline.denominator.round(6).tolist()
    return short_hash(repr((list(result.films), result.genres, shares)))
