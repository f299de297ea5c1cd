"""Completes names of recipes in the shell."""

from collections.abc import Callable

import click

from imdb_genres.errors import UserError
from imdb_genres.experiments.recipes import RECIPES
from imdb_genres.io.yaml import read_yaml


def complete_recipes(search: bool) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Return click's callback for the recipes with or without a ``search``; it checks none of them."""

    def complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
        try:
            recipes = read_yaml(RECIPES) or {}
        except UserError:
            return []
        return [
            name
            for name, recipe in recipes.items()
            if name.startswith(incomplete) and ("search" in (recipe or {})) is search
        ]

    return complete
