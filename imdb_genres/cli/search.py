"""Searches hyper-parameters: `imdb-genres search RECIPE [-j N] [--cluster HOST:PORT]`."""

from functools import partial

import click

from imdb_genres.cli.recipe_names import complete_recipes
from imdb_genres.errors import UserError
from imdb_genres.experiments.overrides import apply_changes
from imdb_genres.experiments.recipes import (
    Recipe,
    base_params,
    collect_overrides,
    read_recipes,
    uncommitted_changes,
)
from imdb_genres.params.search import Search
from imdb_genres.search.trial_result import best_result


@click.command()
@click.argument("name", metavar="RECIPE", shell_complete=complete_recipes(search=True))
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Trials at the same time.",
)
@click.option(
    "--cluster", metavar="HOST:PORT", help="Run trials on this Ray cluster; see docs/scaling.md."
)
def command(name: str, jobs: int, cluster: str | None) -> None:
    """Tune the parameters of a RECIPE that has a `search` in experiments.yaml.

    Trials are scored on validation films only. The best trial becomes the DVC experiment RECIPE, and
    its score on the test films is printed. After an interruption, the same command continues the
    search.
    """
    recipes = read_recipes()
    changes = collect_overrides(recipes, name)
    settings = read_search(name, recipes)
    values, *try_first = (
        apply_changes(base_params(), collect_overrides(recipes, recipe))
        for recipe in (name, *settings.try_first)
    )
    if resets := uncommitted_changes():
        changed = ", ".join(resets)
        print(f"{name} starts from the committed params.yaml, without your changes of {changed}")
    from imdb_genres.search.cluster import ray_cluster
    from imdb_genres.search.dvc_experiments import run_winner  # these import DVC and pandas
    from imdb_genres.search.report import report
    from imdb_genres.search.run import Workers, run_search
    from imdb_genres.search.workers import process_pool

    workers: Workers = partial(process_pool, jobs=jobs)
    if cluster:
        workers = partial(ray_cluster, address=cluster)

    changes = {**resets, **changes}
    trials = run_search(name, settings, values, try_first, changes, workers)
    best = best_result(trials)
    run_winner(name, {**changes, **best.params}, apply_changes(values, best.params), best)
    print(report(name, recipes[name].against, trials))


def read_search(name: str, recipes: dict[str, Recipe]) -> Search:
    """Return the search of recipe ``name``; raise UserError if it has none."""
    settings = recipes[name].search
    if settings is None:
        known = [other for other, recipe in recipes.items() if recipe.search]
        raise UserError(f"the recipe {name} has no search; those with one: {', '.join(known)}")
    return settings
