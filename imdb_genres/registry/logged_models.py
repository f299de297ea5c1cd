"""Models that MLflow has, found by any of their names."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.entities import LoggedModel, LoggedModelStatus, Run
from mlflow.exceptions import MlflowException

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.registry.datasets import TRAINING_FILMS
from imdb_genres.registry.names import SYNC_COMMAND
from imdb_genres.tracking.address import error_message, local_folder
from imdb_genres.tracking.opening import open_existing_client, store_errors
from imdb_genres.tracking.store import report_choice

MD5 = "dvc.model_md5"
ACCEPTED_MODEL_NAMES = "models:/imdb-genres@champion, models:/imdb-genres/2, a run's name or its id"
PULLED = f"`{SYNC_COMMAND}` adds experiments that you pulled"
ARTIFACT_NAME = "model"  # the name under which a logged model holds the model folder


def list_models(client: MlflowClient, run: Run) -> list[LoggedModel]:
    """Return the models of a run that are complete and not deleted, the newest last."""
    models = client.search_logged_models(
        [run.info.experiment_id], f"source_run_id = '{run.info.run_id}'"
    )
    ready = [model for model in models if model.status == LoggedModelStatus.READY]
    return sorted(ready, key=lambda model: model.creation_timestamp)


def stored_model(name: str) -> Path:
    """Return the folder of a model that MLflow knows by ``name``; raise UserError if none.

    None of its code is run: only JSON, text and HDF5 are read.
    """
    with _known_model(name) as (client, model):
        return fetch(client, model, f"artifacts/{ARTIFACT_NAME}")


def training_films(name: str) -> Path:
    """Return the file with the keys of the films that a model was trained on.

    Raises UserError for an unknown model, and for one that was logged without them.
    """
    with _known_model(name) as (client, model):
        try:
            return fetch(client, model, TRAINING_FILMS)
        except (MlflowException, OSError):
            raise UserError(
                f"the model {name!r} was logged without the list of its training films"
            ) from None


@contextmanager
def _known_model(name: str) -> Iterator[tuple[MlflowClient, LoggedModel]]:
    """Yield a client and the model; raise UserError for an unknown one and for store errors."""
    with store_errors():
        client = open_existing_client(SYNC_COMMAND)
        if client is None:
            raise UserError(
                f"there is no model {name!r}: neither a folder nor an MLflow store. {PULLED}"
            )
        try:
            model = find_logged_model(client, name)
        except MlflowException as error:
            raise UserError(
                f"MLflow has no model {name!r} ({error_message(error)}). "
                f"Accepted: a folder, {ACCEPTED_MODEL_NAMES}"
            ) from None
        yield client, model


def find_logged_model(client: MlflowClient, name: str) -> LoggedModel:
    """Return the model of a ``models:/`` or ``runs:/`` URI, or of a run's id or name."""
    if registered := re.fullmatch(r"models:/([^/@]+)(?:@([^/@]+)|/(\d+))", name):
        title, alias, number = registered.groups()
        version = (
            client.get_model_version_by_alias(title, alias)
            if alias
            else client.get_model_version(title, number)
        )
        return client.get_logged_model((version.source or "").removeprefix("models:/"))
    if logged := re.fullmatch(r"models:/([^/@]+)", name):
        return client.get_logged_model(logged[1])
    run_id = re.sub(r"runs:/([^/]+).*", r"\1", name)
    is_id = re.fullmatch("[0-9a-f]{32}", run_id)
    runs = [client.get_run(run_id)] if is_id else _find_runs(client, name)
    for run in runs:
        if models := list_models(client, run):
            report_choice(name, len(runs), run)
            return models[-1]
    raise UserError(
        f"there is no model {name!r}: neither a folder nor known to MLflow as "
        f"{ACCEPTED_MODEL_NAMES}. {PULLED}"
    )


def _find_runs(client: MlflowClient, name: str) -> list[Run]:
    """Return the runs of that name, newest first."""
    if ":/" in name:
        return []
    quote = '"' if "'" in name else "'"  # MLflow's filters have no escape
    if quote in name:
        return []
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    return list(client.search_runs(experiments, f"attributes.run_name = {quote}{name}{quote}"))


def fetch(client: MlflowClient, model: LoggedModel, path: str, target: Path | None = None) -> Path:
    """Return a file or folder of a model on this machine.

    One on a server is downloaded, to ``target`` or else once to a cache. Raises MlflowException or
    OSError if it is missing.
    """
    folder = local_folder(model.artifact_location)
    if folder:  # not by MLflow, which decodes such an address twice
        if not (folder / path).exists():
            raise FileNotFoundError(f"{folder / path} is missing")
        return folder / path
    cache = repository_root() / ".dvc" / "tmp" / "models" / model.model_id
    cached = (target or cache) / path
    if not cached.exists():
        with atomic_replace(cached) as temporary, tempfile.TemporaryDirectory() as name:
            source = f"{model.artifact_location}/{path}"
            found = download_artifacts(source, dst_path=name, tracking_uri=client.tracking_uri)
            shutil.move(found, temporary)
    return cached
