"""docs/experiments.md lists every recipe that `make experiments` runs, and others once they have run."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from imdb_genres.cli.docs_page import runs_by_recipe
from imdb_genres.errors import UserError
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.experiments.recipes import Recipe
from imdb_genres.tracking.store import Store

RECIPES = {
    "plain": Recipe(about="", set={}),
    "costly": Recipe(about="", set={}, on_request=True),
    "seeds": Recipe(about="", set={}, on_request=True, seeds=[1, 2]),
}


def store_with(*names: str) -> Store:
    """Return a store with a scored run of each of these names."""
    run = SimpleNamespace(data=SimpleNamespace(metrics={PRIMARY_METRIC: 0.4}))

    def search(query: str) -> list[Any]:
        return [run for name in names if query.endswith(f"'{name}'")]

    return cast(Store, SimpleNamespace(search=search))


def test_a_recipe_on_request_is_listed_once_it_has_run() -> None:
    assert runs_by_recipe(RECIPES, store_with("plain")).keys() == {"plain"}
    assert runs_by_recipe(RECIPES, store_with("plain", "costly")).keys() == {"plain", "costly"}


def test_a_recipe_with_seeds_is_listed_once_all_have_run() -> None:
    first = store_with("plain", "seeds-seed-1")
    assert runs_by_recipe(RECIPES, first).keys() == {"plain"}
    both = store_with("plain", "seeds-seed-1", "seeds-seed-2")
    assert runs_by_recipe(RECIPES, both).keys() == {"plain", "seeds"}


def test_a_recipe_that_make_experiments_runs_must_have_run() -> None:
    with pytest.raises(UserError, match="no scored run plain"):
        runs_by_recipe(RECIPES, store_with("costly"))
