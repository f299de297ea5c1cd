"""experiments.yaml: named overrides of params.yaml."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from imdb_genres.errors import UserError, did_you_mean
from imdb_genres.io.yaml import read_yaml
from imdb_genres.params.base import Section
from imdb_genres.params.schema import check_params

RECIPES = Path("experiments.yaml")
PARAMS = Path("params.yaml")


class Recipe(Section):
    """Overrides by dotted parameter name, on top of the recipe ``based_on`` where one is named.

    ``against`` names the recipe that it is compared with; ``seeds`` asks for a run with each."""

    about: str
    based_on: str | None = None
    set: dict[str, Any]
    against: str | None = None
    seeds: Annotated[list[int], Field(min_length=1)] | None = None


def read_recipes(path: Path = RECIPES) -> dict[str, Recipe]:
    """Read every recipe; raise UserError for a mistake in any of them, before anything runs."""
    try:
        recipes = TypeAdapter(dict[str, Recipe]).validate_python(read_yaml(path))
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(map(str, detail["loc"]))
        raise UserError(f"{path}: {key}: {detail['msg']}; found {detail['input']!r}") from None
    defaults = read_yaml(PARAMS)
    for name in recipes:
        check_params(overridden(defaults, overrides(recipes, name)), f"{path}, {name}")
    return recipes


def overrides(recipes: dict[str, Recipe], name: str) -> dict[str, Any]:
    """Return all that recipe ``name`` sets, those of the recipes it builds on included."""
    if name not in recipes:
        raise UserError(f"{RECIPES} has no recipe {name!r}{did_you_mean(name, recipes)}")
    recipe = recipes[name]
    return {**(overrides(recipes, recipe.based_on) if recipe.based_on else {}), **recipe.set}


def overridden(values: Any, changes: dict[str, Any]) -> Any:
    """Return a copy of nested ``values`` with each dotted name of ``changes`` set, as ``-S`` does."""
    if not changes:
        return values
    copy = dict(values)
    for section in dict.fromkeys(name.partition(".")[0] for name in changes):
        if section in changes:
            copy[section] = changes[section]
            continue
        inner = {
            name.partition(".")[2]: value
            for name, value in changes.items()
            if name.partition(".")[0] == section
        }
        copy[section] = overridden(copy.get(section, {}), inner)
    return copy


def experiments_of(name: str, recipes: dict[str, Recipe]) -> list[tuple[str, dict[str, Any]]]:
    """Return the DVC experiments of a recipe: its name and overrides, once for each seed."""
    changes = overrides(recipes, name)
    seeds = recipes[name].seeds
    if seeds is None:
        return [(name, changes)]
    return [(f"{name}-seed-{seed}", {**changes, "seed": seed}) for seed in seeds]


def set_options(changes: dict[str, Any]) -> list[str]:
    """Return ``-S`` options in the grammar of ``dvc exp run``."""
    return [f"--set-param={key}={json.dumps(value)}" for key, value in changes.items()]
