"""Runs recipes of experiments.yaml through DVC's queue: `imdb-genres experiments`."""

import re
import subprocess
from typing import Any

import click

from imdb_genres.cli.recipe_names import complete_recipes
from imdb_genres.dvc_repo.dvc import run_dvc
from imdb_genres.errors import UserError
from imdb_genres.experiments.overrides import set_options
from imdb_genres.experiments.recipes import (
    Recipe,
    find_recipe,
    list_experiments,
    read_recipes,
    uncommitted_changes,
)

# of `dvc queue status`
NO_WORKER = "Worker status: 0 active, 0 idle"
UNFINISHED_TASK = re.compile(r"^\w+ +(\S+) .* (Queued|Running) *$", re.MULTILINE)


@click.command()
@click.argument(
    "names", nargs=-1, metavar="[RECIPE]...", shell_complete=complete_recipes(search=False)
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Experiments at the same time.",
)
@click.option("--list", "listed", is_flag=True, help="Only print the recipes.")
def command(names: tuple[str, ...], jobs: int, listed: bool) -> None:
    """Run recipes of experiments.yaml through DVC's queue.

    Without RECIPE, all run except searches and those with `on_request`. A recipe with seeds runs once
    for each. Recipes start from the committed params.yaml. The command ends when all have finished.
    For a recipe with a search, use `imdb-genres search`.
    """
    recipes = read_recipes()
    if listed:
        print(recipe_table(recipes))
        return
    chosen = choose_experiments(names, recipes)
    resets = uncommitted_changes()
    if resets:
        print(f"recipes start from the committed params.yaml, without your {', '.join(resets)}")
    queue_missing(chosen, resets)
    dvc("exp", "run", "--run-all", "--jobs", str(jobs))


def recipe_table(recipes: dict[str, Recipe]) -> str:
    """Return a line for each recipe: its name, how it runs unless by default, what it is."""
    width = max(map(len, recipes))
    lines = []
    for name, recipe in recipes.items():
        mark = "(search) " if recipe.search else "(on request) " if recipe.on_request else ""
        lines.append(f"{name:{width}}  {mark}{recipe.about}")
    return "\n".join(lines)


def choose_experiments(
    names: tuple[str, ...], recipes: dict[str, Recipe]
) -> dict[str, dict[str, Any]]:
    """Return the overrides of each experiment of these recipes, or of those that run by default.

    Raises UserError for an unknown recipe and for one with a search.
    """
    defaults = [name for name, recipe in recipes.items() if recipe.runs_by_default]
    chosen: dict[str, dict[str, Any]] = {}
    for name in names or defaults:
        if find_recipe(recipes, name).search:
            raise UserError(f"the recipe {name} has a search: run `imdb-genres search {name}`")
        chosen |= list_experiments(name, recipes)
    return chosen


def queue_missing(chosen: dict[str, dict[str, Any]], resets: dict[str, Any]) -> None:
    """Queue the experiments that neither exist nor wait in DVC's queue already."""
    existing = dvc("exp", "list", "--all-commits", "--name-only", shown=False).split()
    unfinished = unfinished_tasks()
    for experiment, changes in chosen.items():
        if experiment in existing:
            remedy = f"to repeat it, run `dvc exp remove {experiment}` first"
            print(f"{experiment} exists already; {remedy}")
        elif experiment in unfinished:
            print(f"{experiment} is in the queue already: see `dvc queue status`")
        else:
            options = set_options({**resets, **changes})
            dvc("exp", "run", "--queue", "--name", experiment, *options)


def unfinished_tasks() -> set[str]:
    """Return the names of the queued and running tasks.

    Ends those that a killed queue left running: DVC would wait for them forever.
    """
    status = dvc("queue", "status", shown=False)
    tasks = UNFINISHED_TASK.findall(status)
    running = {name for name, state in tasks if state == "Running"}
    dead = running if NO_WORKER in status else set()
    if dead:
        dvc("queue", "kill", *sorted(dead))
    return {name for name, state in tasks if state == "Queued"} | running - dead


def dvc(*arguments: str, shown: bool = True) -> str:
    """Run dvc; return its output unless it is ``shown``. Raises UserError if dvc fails."""
    output = None if shown else subprocess.PIPE
    result = run_dvc(*arguments, stdout=output)
    if result.returncode:
        raise UserError(
            f"`dvc {' '.join(arguments)}` failed; what was queued stays in `dvc queue status`"
        )
    return result.stdout or ""
