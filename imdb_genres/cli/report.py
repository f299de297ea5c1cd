"""Writes the evaluation report with commit and changed parameters: `imdb-genres report`."""

import os
from pathlib import Path

import click

from imdb_genres.dvc_repo.git import GitError, git
from imdb_genres.dvc_repo.pipeline import check_inputs
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError
from imdb_genres.evaluation.baselines import read_baselines
from imdb_genres.evaluation.evaluator import evaluate
from imdb_genres.evaluation.report import Context, write_report
from imdb_genres.inference.predictor import Predictor
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.io.yaml import read_yaml
from imdb_genres.params.schema import read_params
from imdb_genres.paths import DATA
from imdb_genres.registry.tracker import CONFIG
from imdb_genres.tracking.parameters import changed_params, committed_params, flat_params

PAGE = Path("report.html")


@click.command()
@click.option("--learning-curve", "with_curve", is_flag=True, help="Add a learning curve.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=PAGE,
    show_default=True,
    help="The HTML file.",
)
def command(with_curve: bool, output: Path) -> None:
    """Write the workspace's evaluation report, with its commit and changed parameters.

    `dvc repro` writes the same report without these two to data/evaluation/report.html.
    --learning-curve trains on an eighth, a quarter, a half and three quarters of the training
    descriptions, which takes up to four times as long as the train stage. The scores are cached.
    """
    params = read_params()
    check_inputs("evaluate")
    make_folder(output.parent)
    curve = None
    if with_curve:
        from imdb_genres.experiments.learning_curve import learning_curve

        curve = learning_curve(params, click.echo)
    predictor = Predictor.load(double_precision=True)
    resamples = params.evaluate.bootstrap_resamples
    findings = evaluate(DATA / "split.parquet", predictor, read_baselines(), resamples, params.seed)
    with atomic_replace(output) as temporary:
        write_report(temporary, findings, predictor, Context(*commit_and_changes(), curve))
    print(f"report: {output}")


def make_folder(folder: Path) -> None:
    """Create the report's folder before all the work; raise UserError where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"the folder {folder} cannot be created: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise UserError(f"the folder {folder} cannot be written to (`chmod u+w`)")


def commit_and_changes() -> tuple[str, dict[str, tuple[str, str]]]:
    """Return HEAD's short hash and the changed parameters: committed and current value."""
    try:
        commit = git("rev-parse", "--short", "HEAD", folder=repository_root())
    except GitError:
        return "", {}
    current = flat_params(CONFIG, read_yaml(Path("params.yaml")))
    return commit, changed_params(current, committed_params("HEAD"))
