"""Finds an experiment's predictions: in the workspace, in DVC's cache, or in the MLflow store."""

from pathlib import Path
from tempfile import TemporaryDirectory

from pyarrow import ArrowException

from imdb_genres.dvc_repo.lockfile import Lock, parse_lock, read_lock
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.evaluation.experiment_result import Result, make_result
from imdb_genres.evaluation.findings import EVALUATION
from imdb_genres.evaluation.predictions import PREDICTIONS, PredictionTable
from imdb_genres.experiments.recipes import command_to_run
from imdb_genres.io.yaml import parse_yaml, read_yaml
from imdb_genres.registry.tracker import CONFIG, read_artifact
from imdb_genres.tracking.parameters import flat_params
from imdb_genres.tracking.revisions import evaluation_outputs

Found = tuple[dict[str, str], PredictionTable]


def read_result(name: str) -> Result:
    """Return the result of an experiment, git revision, MLflow run (id or name) or ``workspace``.

    Raises UserError if there is none of this name, or it has no predictions.
    """
    try:
        found = from_workspace() if name == "workspace" else from_dvc(name) or from_mlflow(name)
    except (ArrowException, ValueError) as error:
        detail = " ".join(str(error).split())
        raise UserError(
            f"the predictions of {name!r} cannot be read ({detail}): run `dvc repro --force evaluate`"
        ) from None
    if found is None:
        if command := command_to_run(name):
            raise UserError(f"the recipe {name} has no results here: run `{command}` first")
        raise UserError(
            f"no predictions of {name!r}: it is neither a DVC experiment or git revision that was "
            f"evaluated and whose data/{PREDICTIONS} is still in DVC's cache or remote, nor an "
            "MLflow run that has it. `dvc exp list` and `make ui` show the names; "
            "`dvc repro evaluate` makes the predictions"
        )
    return make_result(name, *found)


def from_workspace() -> Found | None:
    """Return parameters and predictions of the workspace."""
    path = Path("data") / PREDICTIONS
    if not path.exists() or not _has_predictions(read_lock()):
        return None
    return flat_params(CONFIG, read_yaml(Path("params.yaml"))), PredictionTable.read(path)


def from_dvc(name: str) -> Found | None:
    """Return those of a DVC experiment or git revision, from DVC's cache or remote."""
    import dvc.api
    from dvc.exceptions import DvcException

    root = str(repository_root())
    try:
        if not _has_predictions(parse_lock(dvc.api.read("dvc.lock", repo=root, rev=name))):
            return None
        params = parse_yaml(dvc.api.read("params.yaml", repo=root, rev=name))
        with dvc.api.open(f"data/{PREDICTIONS}", repo=root, rev=name, mode="rb") as file:
            return flat_params(CONFIG, params), PredictionTable.read(file)
    except (DvcException, OSError):
        return None


def _has_predictions(lock: Lock) -> bool:
    """Tell whether the model of a dvc.lock was evaluated; else the predictions are another one's."""
    return EVALUATION.as_posix() in evaluation_outputs(CONFIG, lock)


def from_mlflow(name: str) -> Found | None:
    """Return those of the MLflow run of this id or name."""
    with TemporaryDirectory() as folder:
        found = read_artifact(name, PREDICTIONS, Path(folder))
        return (found[0], PredictionTable.read(found[1])) if found else None
