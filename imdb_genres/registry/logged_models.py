"""Models in MLflow: logged with the run that trained them, found again by any of their names."""

import re
import tempfile
from pathlib import Path

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.entities import LoggedModel, LoggedModelOutput, Run
from mlflow.exceptions import MlflowException

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.hashing import dvc_md5
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.registry.pyfunc_package import INSIDE, write_package
from imdb_genres.tracking.config import reason, tracking_uri

MD5 = "dvc.model_md5"
FORMS = "models:/imdb-genres@champion, models:/imdb-genres/2, a run's name or its id"


def log_model(client: MlflowClient, run: Run, folder: Path) -> None:
    """Log a model folder with its run, ready to be served; what the run has already is left."""
    md5 = dvc_md5(folder)
    if any(model.tags.get(MD5) == md5 for model in models_of(client, run.info.run_id)):
        return
    model = client.create_logged_model(
        run.info.experiment_id, INSIDE, run.info.run_id, {MD5: md5}, run.data.params
    )
    with tempfile.TemporaryDirectory() as temporary:
        package = Path(temporary) / "package"
        write_package(folder, package, model)
        client.log_model_artifacts(model.model_id, str(package))
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run.info.run_id, [LoggedModelOutput(model.model_id, step=0)])


def models_of(client: MlflowClient, run_id: str) -> list[LoggedModel]:
    """Return the models of a run that are not deleted, the newest last."""
    experiment = client.get_run(run_id).info.experiment_id
    found = client.search_logged_models([experiment], f"source_run_id = '{run_id}'")
    return sorted(found, key=lambda model: model.creation_timestamp)


def stored_model(name: str) -> Path:
    """Return the folder of a model that MLflow knows by ``name``; raise UserError if none.

    Nothing of it is run: only the model's JSON, text and HDF5 are taken.
    """
    try:
        client = open_existing_client()
        if client is None:
            raise UserError(f"there is no model {name!r}: neither a folder nor an MLflow store")
        return _fetched(find_logged_model(client, name), client.tracking_uri)
    except MlflowException as error:
        raise UserError(
            f"MLflow gives no model {name!r} ({reason(error)}). Known forms: a folder, {FORMS}"
        ) from None


def open_existing_client() -> MlflowClient | None:
    """Return a client that reads the store, or None where there is none: reading makes none."""
    uri = tracking_uri()
    if uri.startswith("sqlite:///") and not Path(uri.removeprefix("sqlite:///")).exists():
        return None
    return MlflowClient(uri)


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
    for found in [run_id] if re.fullmatch("[0-9a-f]{32}", run_id) else _runs_named(client, name):
        if models := models_of(client, found):
            return models[-1]
    raise UserError(f"there is no model {name!r}: neither a folder nor known to MLflow as {FORMS}")


def _runs_named(client: MlflowClient, name: str) -> list[str]:
    """Return the ids of the runs of that name, newest first."""
    if "'" in name or ":/" in name:
        return []
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    found = client.search_runs(experiments, f"attributes.run_name = '{name}'")
    return [run.info.run_id for run in found]


def _fetched(model: LoggedModel, uri: str) -> Path:
    """Return the model folder on this machine; one on a server is fetched once, and kept."""
    source = f"{model.artifact_location}/artifacts/{INSIDE}"
    if source.startswith("file:"):
        return Path(download_artifacts(source))
    kept = repository_root() / ".dvc" / "tmp" / "models" / model.model_id
    if not kept.exists():
        with atomic_replace(kept) as temporary:
            temporary.mkdir()
            download_artifacts(source, dst_path=str(temporary), tracking_uri=uri)
    return kept / INSIDE
