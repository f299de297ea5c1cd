"""A model folder in the form that MLflow serves: with the code that reads it, and no pickles."""

import logging
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from mlflow import pyfunc
from mlflow.entities import LoggedModel
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, Schema

import imdb_genres
from imdb_genres.model.folder import read_description

CODE = Path(imdb_genres.__file__).parent
INSIDE = "model"  # the name under which the package holds the model folder
SERVED = (
    "__init__.py",
    "errors.py",
    "inference/__init__.py",
    "inference/predictor.py",
    "io/__init__.py",
    "io/atomic.py",
    "model",
    "networks/__init__.py",
    "networks/forward.py",
    "networks/numpy_layers.py",
    "paths.py",
    "text",
)  # what imdb_genres.registry.pyfunc_model imports
LIBRARIES = ("h5py", "mlflow", "numpy", "pandas", "pyarrow", "pydantic", "scipy")
EXAMPLE = "A retired gunman rides into a dusty town to protect a widow from a cattle baron."


def write_package(folder: Path, target: Path, model: LoggedModel) -> None:
    """Write the model folder ``folder`` to ``target`` as the files of ``model``."""
    logging.getLogger("mlflow.pyfunc").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as temporary:
        code = Path(temporary) / imdb_genres.__name__
        for name in SERVED:
            copy(CODE / name, code / name)
        pyfunc.save_model(
            target,
            python_model=str(CODE / "registry" / "pyfunc_model.py"),
            artifacts={INSIDE: str(folder)},
            code_paths=[str(code)],
            signature=signature(read_description(folder).genres),
            input_example=pd.DataFrame({"text": [EXAMPLE]}),
            pip_requirements=[f"{name}=={version(name)}" for name in LIBRARIES],
            mlflow_model=Model(
                artifact_path=model.artifact_location,
                run_id=model.source_run_id,
                model_id=model.model_id,
                model_uuid=model.model_id,
            ),
        )


def copy(source: Path, target: Path) -> None:
    """Copy a module, or a package without what Python compiled of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)


def signature(genres: list[str]) -> ModelSignature:
    """Return the types of what ``imdb_genres.registry.pyfunc_model`` takes and gives."""
    answers = (ColSpec("float", genre) for genre in genres)
    return ModelSignature(
        Schema([ColSpec("string", "text")]), Schema([ColSpec("string", "genre"), *answers])
    )
