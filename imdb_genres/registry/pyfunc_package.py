"""A model folder in the form that MLflow serves: with the code that reads it, and no pickles."""

import logging
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from mlflow import pyfunc
from mlflow.entities import LoggedModel
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
from mlflow.types.schema import Array

from imdb_genres.model.folder import read_description
from imdb_genres.registry.served_code import PACKAGE, SCRIPT
from imdb_genres.text.vectorizer import ChunkInput

ARTIFACT_NAME = "model"  # the name under which the package holds the model folder
ENCODER_LIBRARIES = ("tokenizers",)
LIBRARIES = ("h5py", "mlflow", "numpy", "pandas", "pyarrow", "pydantic", "scipy")
EXAMPLE = "A retired gunman rides into a dusty town to protect a widow from a cattle baron."


def write_package(folder: Path, code: Path, target: Path, model: LoggedModel) -> None:
    """Write the model folder ``folder`` to ``target`` as the files of ``model``.

    ``code`` is a folder that ``keep_code`` has filled.
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
                *(ColSpec("float", genre) for genre in genres),
            ]
        ),
        # MLflow has no optional parameter of a number: negative means the model's own thresholds
        ParamSchema([ParamSpec("threshold", DataType.double, -1.0)]),
    )
