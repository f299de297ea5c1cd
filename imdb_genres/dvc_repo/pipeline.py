"""dvc.yaml: what each stage reads, and which stage makes it."""

from pathlib import Path
from typing import Any

from imdb_genres.errors import UserError
from imdb_genres.io.yaml import read_yaml


def read_stages() -> dict[str, Any]:
    """Return the stages of dvc.yaml by name, with empty ``deps`` and ``params`` where one has none."""
    stages = read_yaml(Path("dvc.yaml"))["stages"]
    return {name: {"deps": [], "params": [], **stage} for name, stage in stages.items()}


def outputs_of(stage: dict[str, Any]) -> list[str]:
    """Return the paths of all that a stage makes: outputs, metrics and plots."""
    entries = [entry for kind in ("outs", "metrics", "plots") for entry in stage.get(kind, ())]
    return [path for entry in entries for path in ([entry] if isinstance(entry, str) else entry)]


def check_inputs(stage: str) -> None:
    """Raise UserError for a file that ``stage`` reads, another makes, and that is not there."""
    for path, remedy in _made_inputs(stage).items():
        if not path.exists():
            raise UserError(f"{path} is missing: {remedy}")


def check_readable(stage: str) -> None:
    """Raise UserError for a table or an array file among ``stage``'s inputs that is corrupt."""
    for path, remedy in _made_inputs(stage).items():
        try:
            _read(path)
        except Exception as error:  # whatever a reader says of bytes that make no sense
            message = " ".join(str(error).split()).rstrip(".")
            raise UserError(f"{path} is corrupt ({message}): {remedy}") from None


def _made_inputs(stage: str) -> dict[Path, str]:
    """Return what ``stage`` reads of other stages' outputs, and how each comes back."""
    stages = read_stages()
    makers = {path: name for name, content in stages.items() for path in outputs_of(content)}
    return {
        Path(path): f"run `dvc repro {makers[path]}`, or `dvc pull`"
        for path in stages.get(stage, {}).get("deps", ())
        if path in makers
    }


def _read(path: Path) -> None:
    """Read all of a file of a known kind; imports what only a stage that reads such files needs."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        pq.read_table(path)
    elif path.suffix == ".npz":
        import numpy as np

        with np.load(path) as arrays:
            list(arrays.values())
