"""experiments.yaml: named overrides of params.yaml."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from imdb_genres.dvc_repo.git import GitError, git_show
from imdb_genres.errors import UserError, did_you_mean
from imdb_genres.io.yaml import parse_yaml, read_yaml
from imdb_genres.params.base import Section
from imdb_genres.params.messages import check
from imdb_genres.params.schema import check_params
from imdb_genres.params.search import Search

RECIPES = Path("experiments.yaml")
PARAMS = Path("params.yaml")


class Recipe(Section):
    """Overrides by dotted parameter name, on top of the recipe ``based_on`` where one is named.

    ``against`` names the recipe that it is compared with; ``seeds`` asks for a run with each;
    ``search`` has further parameters chosen on validation films; ``on_request`` runs it by name only.
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
        str(name): check(Recipe, values, f"{path}: {name}") for name, values in content.items()
    }
    defaults = committed_params()
    for name, recipe in recipes.items():
        values = overridden(defaults, overrides(recipes, name))
        check_params(values, f"{path}, {name}")
        if recipe.search:
            check_trials(recipe.search, values, f"{path}, {name}")
    return recipes


def check_trials(search: Search, values: Any, source: str) -> None:
    """Raise UserError if a combination of choices or ends of ranges is not a valid params.yaml."""
    if search.folds > 1 and values["balance"]["strategy"] != "none":
        raise UserError(
            f"{source}: search.folds needs balance.strategy: none, because the rows of other folds are "
            "not balanced anew; use search.seeds"
        )
    for trial in search.extreme_trials():
        shown = ", ".join(f"{name}: {json.dumps(value)}" for name, value in trial.items())
        params = check_params(
            overridden(values, trial), f"{source}, a trial of its search ({shown})"
        )
        if params.train.architecture == "encoder":
            raise UserError(
                f"{source}: a search does not train encoders: leave them out of its space"
            )


def committed_params() -> Any:
    """Return params.yaml as last committed: what recipes override, whatever the workspace holds.

    The workspace's, if nothing is committed or the code has other parameters since.
    """
    try:
        values = parse_yaml(git_show("HEAD", str(PARAMS)))
        check_params(values)
    except (GitError, UserError):
        return read_yaml(PARAMS)
    return values


def uncommitted_changes() -> dict[str, Any]:
    """Return the committed values of the parameters that the workspace has changed, by dotted name."""
    committed, workspace = flat(committed_params()), flat(read_yaml(PARAMS))
    return {
        name: value
        for name, value in committed.items()
        if name in workspace and workspace[name] != value
    }


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested ``values`` by dotted name."""
    return {
        name: value
        for key, inner in values.items()
        for name, value in (
            flat(inner, f"{prefix}{key}.") if isinstance(inner, dict) else {f"{prefix}{key}": inner}
        ).items()
    }


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
