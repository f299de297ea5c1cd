"""experiments.yaml: named overrides of params.yaml."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field
from ruamel.yaml.error import YAMLError

from imdb_genres.dvc_repo.git import git_show
from imdb_genres.errors import UserError, did_you_mean
from imdb_genres.experiments.overrides import apply_changes, parameter_values
from imdb_genres.io.yaml import parse_yaml, read_yaml
from imdb_genres.params.base import Section
from imdb_genres.params.messages import check
from imdb_genres.params.schema import check_params
from imdb_genres.params.search import Search

RECIPES = Path("experiments.yaml")
PARAMS = Path("params.yaml")


class Recipe(Section):
    """Overrides by dotted parameter name, on top of those of the recipe ``based_on``.

    It is compared with the recipe ``against``, runs once with each of ``seeds``, and by name only if
    ``on_request``; ``search`` chooses further parameters on validation films.
    """

    about: str
    based_on: str | None = None
    set: dict[str, Any]
    against: str | None = None
    seeds: Annotated[list[int], Field(min_length=1)] | None = None
    search: Search | None = None
    on_request: bool = False

    @property
    def runs_by_default(self) -> bool:
        """Whether `make experiments` runs it."""
        return not (self.search or self.on_request)


def read_recipes(path: Path = RECIPES) -> dict[str, Recipe]:
    """Read and check every recipe; raise UserError if any is invalid, before anything runs."""
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise UserError(f"{path} holds no recipes: expected names, each with its keys")
    recipes = {
        str(name): check(Recipe, recipe, f"{path}: {name}") for name, recipe in content.items()
    }
    defaults = base_params()
    for name, recipe in recipes.items():
        if recipe.against:
            find_recipe(recipes, recipe.against, f"{path}, {name}: against")
        values = apply_changes(defaults, collect_overrides(recipes, name))
        check_params(values, f"{path}, {name}")
        if recipe.search:
            check_trials(recipe.search, values, f"{path}, {name}")
            check_first_trials(recipe.search, name, recipes, defaults)
    return recipes


def check_trials(search: Search, values: Any, source: str) -> None:
    """Raise UserError if a combination of choices or ends of ranges is not a valid params.yaml."""
    if search.folds > 1 and values["balance"]["strategy"] != "none":
        raise UserError(
            f"{source}: search.folds needs balance.strategy: none, because the other folds are not "
            "balanced; use search.seeds"
        )
    for trial in search.extreme_trials():
        shown = ", ".join(f"{name}: {json.dumps(value)}" for name, value in trial.items())
        trial_source = f"{source}, a trial of its search ({shown})"
        params = check_params(apply_changes(values, trial), trial_source)
        if params.train.reads_subwords():
            raise UserError(
                f"{source}: a search cannot train encoders: leave them out of its space"
            )


def check_first_trials(
    search: Search, name: str, recipes: dict[str, Recipe], defaults: Any
) -> None:
    """Raise UserError if a recipe of ``try_first`` is unknown, or no point of the search's space."""
    own = parameter_values(apply_changes(defaults, collect_overrides(recipes, name)))
    for other in search.try_first:
        source = f"{RECIPES}, {name}: search.try_first"
        find_recipe(recipes, other, source)
        values = parameter_values(apply_changes(defaults, collect_overrides(recipes, other)))
        for key in own:
            dimension = search.space.get(key)
            if dimension and dimension.applies(values):
                fits, problem = dimension.contains(values[key]), "is outside the space"
            else:
                fits, problem = values[key] == own[key], "the space does not search"
            if not fits:
                raise UserError(
                    f"{source}: {other} has {key} {json.dumps(values[key])}, which {problem}"
                )


def base_params() -> Any:
    """Return the committed params.yaml, which recipes override.

    Returns the workspace's if none is committed or it does not fit the code.
    """
    try:
        values = parse_yaml(git_show("HEAD", str(PARAMS)))
        check_params(values)
    except (UserError, YAMLError):
        return read_yaml(PARAMS)
    return values


def uncommitted_changes() -> dict[str, Any]:
    """Return the committed values of the parameters that the workspace has changed, by dotted name."""
    committed, workspace = map(parameter_values, (base_params(), read_yaml(PARAMS)))
    return {
        name: value
        for name, value in committed.items()
        if name in workspace and workspace[name] != value
    }


def find_recipe(recipes: dict[str, Recipe], name: str, source: str = str(RECIPES)) -> Recipe:
    """Return the recipe ``name``; raise UserError if there is none."""
    if name not in recipes:
        raise UserError(f"{source}: no recipe {name!r}{did_you_mean(name, recipes)}")
    return recipes[name]


def collect_overrides(recipes: dict[str, Recipe], name: str) -> dict[str, Any]:
    """Return the overrides of recipe ``name`` and of the recipes that it is based on."""
    names: list[str] = []
    overrides: dict[str, Any] = {}
    base: str | None = name
    while base:
        names.append(base)
        if base in names[:-1]:
            raise UserError(f"{RECIPES}: based_on is circular: {' -> '.join(names)}")
        recipe = find_recipe(recipes, base)
        overrides = {**recipe.set, **overrides}
        base = recipe.based_on
    return overrides


def command_to_run(name: str) -> str | None:
    """Return the command that runs recipe ``name``; None if experiments.yaml has none of this name."""
    try:
        recipe = (read_yaml(RECIPES) or {}).get(name)
    except UserError:
        return None
    if recipe is None:
        return None
    return f"imdb-genres {'search' if 'search' in recipe else 'experiments'} {name}"


def list_experiments(name: str, recipes: dict[str, Recipe]) -> list[tuple[str, dict[str, Any]]]:
    """Return name and overrides of a recipe's DVC experiments, one for each seed."""
    changes = collect_overrides(recipes, name)
    seeds = recipes[name].seeds
    if seeds is None:
        return [(name, changes)]
    return [(f"{name}-seed-{seed}", {**changes, "seed": seed}) for seed in seeds]
