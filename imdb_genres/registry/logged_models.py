"""Models in MLflow: logged with the run that trained them, found again by any of their names."""

import re
import shutil
import tempfile
from pathlib import Path

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.entities import LoggedModel, LoggedModelOutput, Metric, Run
from mlflow.exceptions import MlflowException

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.hashing import dvc_md5
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.registry.datasets import TRAINING_FILMS
from imdb_genres.registry.pyfunc_package import ARTIFACT_NAME, write_package
from imdb_genres.registry.served_code import CODE_FOLDER, MODEL_FOLDER, keep_code
from imdb_genres.tracking.address import error_message, local_folder
from imdb_genres.tracking.opening import open_existing_client, store_errors

MD5 = "dvc.model_md5"
ACCEPTED_MODEL_NAMES = "models:/imdb-genres@champion, models:/imdb-genres/2, a run's name or its id"
NOT_IN_A_NAME = re.compile(r"[/:.%\"']+")  # MLflow's rule


def log_model(client: MlflowClient, run: Run, journal: Path) -> None:
    """Log the model folder in ``journal`` with its run, unless the run has that model already."""
    folder, code = journal / MODEL_FOLDER, journal / CODE_FOLDER
    if not folder.exists():
        return
    md5 = dvc_md5(folder)
    run_id = run.info.run_id
    if any(model.tags.get(MD5) == md5 for model in list_models(client, run_id)):
        return
    now = client.get_run(run_id)
    name = NOT_IN_A_NAME.sub("-", now.info.run_name) or ARTIFACT_NAME
    model = client.create_logged_model(
        now.info.experiment_id, name, run_id, {MD5: md5}, now.data.params
    )
    with tempfile.TemporaryDirectory() as temporary:
        if not code.exists():  # journals of former versions, and models from DVC's cache
            code = Path(temporary) / CODE_FOLDER
            keep_code(code)
        if "%" in str(folder):  # MLflow decodes a path as if it were a URI: a%20b
            folder = shutil.copytree(folder, Path(temporary) / MODEL_FOLDER)
        package = Path(temporary) / "package"
        write_package(folder, code, package, model)
        if (journal / TRAINING_FILMS).exists():
            shutil.copyfile(journal / TRAINING_FILMS, package / TRAINING_FILMS)
        add_files(client, model, package)
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])


def add_files(client: MlflowClient, model: LoggedModel, source: Path) -> None:
    """Add a file, or the contents of a folder, to a model's artifacts."""
    folder = local_folder(model.artifact_location)
    if folder is None:
        add = client.log_model_artifacts if source.is_dir() else client.log_model_artifact
        add(model.model_id, str(source))
    elif source.is_dir():  # not by MLflow, which decodes the address of a folder twice
        shutil.copytree(source, folder, dirs_exist_ok=True)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / source.name)


def log_model_metrics(client: MlflowClient, run_id: str, model: LoggedModel) -> None:
    """Show a run's final metrics with its model, too."""
    names = [name for name in client.get_run(run_id).data.metrics if "/" not in name]
    newest = [client.get_metric_history(run_id, name)[-1] for name in names]
    metrics = [
        Metric(m.key, m.value, m.timestamp, m.step, model_id=model.model_id, run_id=run_id)
        for m in newest
    ]
    client.log_batch(run_id, metrics=metrics)


def list_models(client: MlflowClient, run_id: str) -> list[LoggedModel]:
    """Return the models of a run that are not deleted, the newest last."""
    experiment = client.get_run(run_id).info.experiment_id
    models = client.search_logged_models([experiment], f"source_run_id = '{run_id}'")
    return sorted(models, key=lambda model: model.creation_timestamp)


def stored_model(name: str) -> Path:
    """Return the folder of a model that MLflow knows by ``name``; raise UserError if none.

    None of its code is run: only JSON, text and HDF5 are read.
    """
    with store_errors():
        client = open_existing_client()
        if client is None:
            raise UserError(f"there is no model {name!r}: neither a folder nor an MLflow store")
        return fetch(client, _known(client, name), f"artifacts/{ARTIFACT_NAME}")


def _known(client: MlflowClient, name: str) -> LoggedModel:
    try:
        return find_logged_model(client, name)
    except MlflowException as error:
        raise UserError(
            f"MLflow has no model {name!r} ({error_message(error)}). "
            f"Accepted: a folder, {ACCEPTED_MODEL_NAMES}"
        ) from None


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
    for run in [run_id] if is_id else _find_runs(client, name):
        if models := list_models(client, run):
            return models[-1]
    raise UserError(
        f"there is no model {name!r}: neither a folder nor known to MLflow as "
        f"{ACCEPTED_MODEL_NAMES}"
    )


def _find_runs(client: MlflowClient, name: str) -> list[str]:
    """Return the ids of the runs of that name, newest first."""
    if ":/" in name:
        return []
    quote = '"' if "'" in name else "'"  # MLflow's filters have no escape
    if quote in name:
        return []
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    runs = client.search_runs(experiments, f"attributes.run_name = {quote}{name}{quote}")
    return [run.info.run_id for run in runs]


def training_films(name: str) -> Path:
    """Return the file with the keys of the films that a model was trained on.

    Raises UserError for an unknown model, and for one that was logged without them.
    """
    with store_errors():
        client = open_existing_client()
        if client is None:
            raise UserError(f"there is no model {name!r}: neither a folder nor an MLflow store")
        model = _known(client, name)
        try:
            return fetch(client, model, TRAINING_FILMS)
        except (MlflowException, OSError):
            raise UserError(
                f"the model {name!r} was logged without the list of its training films"
            ) from None


def fetch(client: MlflowClient, model: LoggedModel, path: str, target: Path | None = None) -> Path:
    """Return a file or folder of a model on this machine.

    One on a server is downloaded, to ``target`` or else once to a cache.

    Raises MlflowException or OSError if it is missing.
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
