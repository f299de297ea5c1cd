"""Writes the tables of docs/experiments.md from MLflow: `imdb-genres docs-page`."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.evaluation.bootstrap import verdict
from imdb_genres.evaluation.experiment_result import Result
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.experiments.compare import compare
from imdb_genres.experiments.recipes import Recipe, list_experiments, read_recipes
from imdb_genres.experiments.results import read_result
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.registry.tracker import opened_store

if TYPE_CHECKING:
    from mlflow.entities import Run

    from imdb_genres.tracking.store import Store

PAGE = Path("docs/experiments.md")
BEGIN, END = "<!-- made from MLflow: what stands here is overwritten -->", "<!-- end -->"
COLUMNS = "| recipe | score | 95 % interval | over seeds | weights | epochs | seconds | peak MB |"
FIGURES = ("weights", "epochs", "system/train/seconds", "system/train/peak_mb")


@click.command()
def command() -> None:
    """Write the tables of docs/experiments.md from the runs in MLflow.

    Replaces the text between the page's two markers. All recipes must have run, except searches and
    those with `on_request`.
    """
    recipes = read_recipes()
    with opened_store() as store:
        runs = runs_by_recipe(recipes, store)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    text = "\n\n".join([before + BEGIN, score_table(runs), verdicts(recipes, runs), END + after])
    with atomic_replace(PAGE) as temporary:
        temporary.write_text(text, encoding="utf-8")


def runs_by_recipe(recipes: dict[str, Recipe], store: "Store") -> dict[str, list["Run"]]:
    """Return the runs of each recipe; leave out those that run by name only and have not all run."""
    return {
        name: newest_runs(name, recipes, store)
        for name, recipe in recipes.items()
        if recipe.runs_by_default or has_run(name, recipes, store)
    }


def has_run(name: str, recipes: dict[str, Recipe], store: "Store") -> bool:
    """Return whether every experiment of a recipe, one for each of its seeds, has a scored run."""
    return all(scored_runs(experiment, store) for experiment, _ in list_experiments(name, recipes))


def newest_runs(name: str, recipes: dict[str, Recipe], store: "Store") -> list["Run"]:
    """Return the newest scored run of each experiment of a recipe; raise UserError if one is missing."""
    newest = []
    for experiment, _ in list_experiments(name, recipes):
        scored = scored_runs(experiment, store)
        if not scored:
            raise UserError(f"MLflow has no scored run {experiment}: run `make experiments` first")
        newest.append(scored[0])
    return newest


def scored_runs(experiment: str, store: "Store") -> list["Run"]:
    """Return the runs of an experiment that have a test score, newest first."""
    runs = store.search(f"attributes.run_name = '{experiment}'")
    return [run for run in runs if PRIMARY_METRIC in run.data.metrics]


def score_table(runs: dict[str, list["Run"]]) -> str:
    """Return one line per recipe: means over its seeds, and the score's standard deviation."""
    return "\n".join([COLUMNS, "|---|" + "---:|" * 7, *(_line(*item) for item in runs.items())])


def _line(name: str, runs: list["Run"]) -> str:
    metrics = [run.data.metrics for run in runs]
    scores = [measured[PRIMARY_METRIC] for measured in metrics]
    # an interval is over the test films of one seed; each seed has other test films
    low = np.mean([measured[f"{PRIMARY_METRIC}_low"] for measured in metrics])
    high = np.mean([measured[f"{PRIMARY_METRIC}_high"] for measured in metrics])
    spread = f"±{np.std(scores, ddof=1):.3f} of {len(runs)}" if len(runs) > 1 else ""
    figures = [_mean([m[key] for m in metrics if key in m]) for key in FIGURES]
    cells = [name, f"{np.mean(scores):.3f}", f"{low:.3f} to {high:.3f}", spread, *figures]
    return f"| {' | '.join(cells)} |"


def _mean(values: list[float]) -> str:
    # a run that sync added later lacks figures that are measured during training
    return f"{np.mean(values):,.0f}" if values else ""


def verdicts(recipes: dict[str, Recipe], runs: Iterable[str]) -> str:
    """Return one line per recipe: what it changes, and its comparison with another recipe."""
    lines = []
    for name in runs:
        recipe = recipes[name]
        if recipe.against:
            first, second = (_results(each, recipes) for each in (recipe.against, name))
            result = verdict(f"`{recipe.against}`", f"`{name}`", compare(first, second))
            lines.append(f"- **{name}**: {recipe.about}{describe_search(recipe)}. {result}")
        else:
            lines.append(f"- **{name}**: {recipe.about}.")
    return "\n".join(lines)


def describe_search(recipe: Recipe) -> str:
    """Return from how many trials a searched recipe was chosen, "" for others."""
    if not recipe.search:
        return ""
    return f"; the best on validation films of {recipe.search.trials} trials"


def _results(name: str, recipes: dict[str, Recipe]) -> list[Result]:
    return [read_result(experiment) for experiment, _ in list_experiments(name, recipes)]
