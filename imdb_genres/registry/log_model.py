"""Logs models in MLflow in the form that it serves: with the code that reads them, no pickles."""

import logging
import re
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from mlflow import MlflowClient, pyfunc
from mlflow.entities import LoggedModel, LoggedModelOutput, Metric, Run
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
from mlflow.types.schema import Array

from imdb_genres.hashing import dvc_md5
from imdb_genres.model.folder import read_description
from imdb_genres.registry.datasets import TRAINING_FILMS, write_training_films
from imdb_genres.registry.logged_models import ARTIFACT_NAME, MD5, list_models
from imdb_genres.registry.served_code import CODE_FOLDER, MODEL_FOLDER, PACKAGE, SCRIPT, save_code
from imdb_genres.text.vectorizer import ChunkInput
from imdb_genres.tracking.address import local_folder

NOT_IN_A_NAME = re.compile(r"[/:.%\"']+")  # MLflow's rule
ENCODER_LIBRARIES = ("threadpoolctl", "tokenizers")
LIBRARIES = ("h5py", "mlflow", "numpy", "pandas", "pyarrow", "pydantic", "scipy")
EXAMPLE = "A retired gunman rides into a dusty town to protect a widow from a cattle baron."


def log_model(client: MlflowClient, run: Run, journal: Path) -> None:
    """Log the model folder in ``journal`` with its run, unless the run has that model already."""
    folder, code = journal / MODEL_FOLDER, journal / CODE_FOLDER
    if not folder.exists():
        return
    md5 = dvc_md5(folder)
    run_id = run.info.run_id
    if any(model.tags.get(MD5) == md5 for model in list_models(client, run)):
        return
    now = client.get_run(run_id)
    name = NOT_IN_A_NAME.sub("-", now.info.run_name) or ARTIFACT_NAME
    model = client.create_logged_model(
        now.info.experiment_id, name, run_id, {MD5: md5}, now.data.params
    )
    with tempfile.TemporaryDirectory() as temporary:
        if not code.exists():  # journals of former versions, and models from DVC's cache
            code = Path(temporary) / CODE_FOLDER
            save_code(code)
        if "%" in str(folder):  # MLflow decodes a path as if it were a URI: a%20b
            folder = shutil.copytree(folder, Path(temporary) / MODEL_FOLDER)
        package = Path(temporary) / "package"
        write_package(folder, code, package, model)
        write_training_films(journal, package / TRAINING_FILMS)
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


def log_model_metrics(client: MlflowClient, run: Run, model: LoggedModel) -> None:
    """Show a run's final metrics with its model, too."""
    run_id = run.info.run_id
    names = [name for name in run.data.metrics if "/" not in name]
    newest = [client.get_metric_history(run_id, name)[-1] for name in names]
    metrics = [
        Metric(m.key, m.value, m.timestamp, m.step, model_id=model.model_id, run_id=run_id)
        for m in newest
    ]
    client.log_batch(run_id, metrics=metrics)


def write_package(folder: Path, code: Path, target: Path, model: LoggedModel) -> None:
    """Write the model folder ``folder`` to ``target`` as the files of ``model``.

    ``code`` is a folder that ``save_code`` has filled.
    """
    logging.getLogger("mlflow.pyfunc").setLevel(logging.WARNING)
    description = read_description(folder)
    reads_subwords = isinstance(description.input, ChunkInput)
    libraries = LIBRARIES + (ENCODER_LIBRARIES if reads_subwords else ())
    pyfunc.save_model(
        target,
        python_model=str(code / PACKAGE.name / SCRIPT),
        artifacts={ARTIFACT_NAME: str(folder)},
        code_paths=[str(code / PACKAGE.name)],
        signature=signature(description.genres),
        input_example=pd.DataFrame({"text": [EXAMPLE]}),
        pip_requirements=[f"{name}=={version(name)}" for name in libraries],
        mlflow_model=Model(
            artifact_path=model.artifact_location,
            run_id=model.source_run_id,
            model_id=model.model_id,
            model_uuid=model.model_id,
        ),
    )


def signature(genres: list[str]) -> ModelSignature:
    """Return the types of what ``pyfunc_model`` takes and returns."""
    return ModelSignature(
        Schema([ColSpec("string", "text")]),
        Schema(
            [
                ColSpec("string", "genre"),
                ColSpec(Array(DataType.string), "genres"),
                ColSpec("string", "cannot_tell", required=False),
                *(ColSpec("float", genre) for genre in genres),
            ]
        ),
        # MLflow has no optional parameter of a number: negative means the model's own thresholds
        ParamSchema([ParamSpec("threshold", DataType.double, -1.0)]),
    )
