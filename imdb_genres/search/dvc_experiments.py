"""The DVC experiments of a search: one makes its films, one repeats its best trial."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dvc.api
from dvc.exceptions import DvcException

from imdb_genres.dvc_repo.dvc import run_dvc
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.experiments.overrides import set_options
from imdb_genres.experiments.recipes import PARAMS
from imdb_genres.io.yaml import parse_yaml
from imdb_genres.paths import DATA, METRICS
from imdb_genres.search.trial_result import TrialResult
from imdb_genres.tracking.record import flatten

FILMS = DATA / "balanced.parquet"
HISTORY = METRICS / "history.csv"


@contextmanager
def prepare_films(name: str, changes: dict[str, Any]) -> Iterator[Path]:
    """Run the stages up to balance with ``changes`` in a temporary workspace; yield the films' path."""
    experiment = f"{name}-films"
    remove_experiment(experiment)  # left by a search that was killed
    try:
        run_experiment(experiment, changes, "balance")
        with TemporaryDirectory() as folder:
            path = Path(folder) / FILMS.name
            path.write_bytes(read_file(experiment, FILMS, "rb"))
            yield path
    finally:
        remove_experiment(experiment)


def run_winner(name: str, changes: dict[str, Any], params: Any, best: TrialResult) -> None:
    """Run the best trial as the experiment ``name``, unless it exists, and check it.

    Raises UserError if an experiment of this name has other parameters, or if its training is not
    the trial's, epoch by epoch.
    """
    existing = experiment_params(name)
    if existing is None:
        run_experiment(name, changes)
    elif flatten(existing) != flatten(params):
        raise UserError(
            f"the experiment {name} has other parameters than the best trial: remove it with "
            f"`dvc exp remove {name}` and run the same command again; no trial is repeated"
        )
    history = parse_epochs(read_file(name, HISTORY, "r"))
    if history != best.history:
        raise UserError(
            f"the experiment {name} did not train as trial {best.number} did: code, libraries or "
            f"machine differ. See {HISTORY} of both: `dvc exp apply {name}`, and the run in MLflow"
        )


def parse_epochs(text: str) -> list[dict[str, float]]:
    """Return the rows of metrics/history.csv."""
    header, *lines = (line.split(",") for line in text.splitlines())
    rows = [dict(zip(header, map(float, line), strict=True)) for line in lines]
    return [{**row, "epoch": int(row["epoch"])} for row in rows]


def experiment_params(name: str) -> Any | None:
    """Return params.yaml of the experiment ``name``; None if there is none."""
    try:
        return parse_yaml(read_file(name, PARAMS, "r"))
    except DvcException:
        return None


def read_file(experiment: str, path: Path, mode: str) -> Any:
    """Return the content of an experiment's file, from DVC's cache or git."""
    root = str(repository_root())
    with dvc.api.open(path.as_posix(), repo=root, rev=experiment, mode=mode) as file:
        return file.read()


def run_experiment(name: str, changes: dict[str, Any], *stages: str) -> None:
    """Run an experiment in a temporary workspace; raise UserError if it fails."""
    command = ["exp", "run", "--temp", "--name", name, *set_options(changes), *stages]
    if run_dvc(*command, stdout=sys.stderr).returncode:  # stdout is for the search's results
        raise UserError(f"`dvc exp run --name {name}` failed; see its output above")


def remove_experiment(name: str) -> None:
    """Remove an experiment, if it exists."""
    run_dvc("exp", "remove", "--quiet", name, capture_output=True)
