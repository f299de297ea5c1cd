"""dvc.yaml: the inputs and outputs of each stage."""

from pathlib import Path
from typing import Any

from imdb_genres.errors import UserError
from imdb_genres.io.yaml import read_yaml


def read_stages() -> dict[str, Any]:
    """Return the stages of dvc.yaml by name, with empty ``deps`` and ``params`` where one has none."""
    stages = read_yaml(Path("dvc.yaml"))["stages"]
    return {name: {"deps": [], "params": [], **stage} for name, stage in stages.items()}


def outputs_of(stage: dict[str, Any]) -> list[str]:
    """Return the paths of a stage's outputs, metrics and plots."""
    entries = [entry for kind in ("outs", "metrics", "plots") for entry in stage.get(kind, ())]
    return [path for entry in entries for path in ([entry] if isinstance(entry, str) else entry)]


def check_inputs(stage: str) -> None:
    """Raise UserError if an input of ``stage`` that another stage writes is missing."""
    for path, remedy in _made_inputs(stage).items():
        if not path.exists():
            raise UserError(f"{path} is missing: {remedy}")


def check_readable(stage: str) -> None:
    """Raise UserError if a table or an array file among the inputs of ``stage`` is corrupt."""
    for path, remedy in _made_inputs(stage).items():
        try:
            for file in [path, *path.rglob("*")]:
                _read(file)
        except Exception as error:  # readers raise anything for corrupt bytes
            message = " ".join(str(error).split()).rstrip(".")
            raise UserError(f"{file} is corrupt ({message}): {remedy}") from None


def _made_inputs(stage: str) -> dict[Path, str]:
    """Return the inputs of ``stage`` that other stages write, and how to restore each."""
    stages = read_stages()
    makers = {path: name for name, content in stages.items() for path in outputs_of(content)}
    return {
        Path(path): f"run `dvc repro {makers[path]}`, or `dvc pull`"
        for path in stages.get(stage, {}).get("deps", ())
        if path in makers
    }


def _read(path: Path) -> None:
    """Read a Parquet or .npz file completely; imports only what its format needs."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        pq.read_table(path)
    elif path.suffix == ".npz":
        import numpy as np

        with np.load(path) as arrays:
            list(arrays.values())
