"""What README.md tells people to type exists: commands, options, make targets, parameters, files."""

import re
import shlex
from pathlib import Path

import click
import pytest

from imdb_genres.cli.__main__ import COMMANDS, cli
from imdb_genres.experiments.recipes import read_recipes
from tests.support.params import values_with

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [
    line.partition("  #")[0].strip()
    for block in re.findall(r"```\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
RECIPES = read_recipes(ROOT / "experiments.yaml")


def typed(program: str) -> list[str]:
    """Return the lines of README's code blocks that run ``program``, without redirections."""
    inline = re.findall(rf"`({program} [^`]+)`", README)
    return [
        line.partition(" < ")[0] for line in [*LINES, *inline] if line.startswith(f"{program} ")
    ]


@pytest.mark.parametrize("line", typed("imdb-genres"))
def test_a_command_exists_with_its_options(line: str) -> None:
    _, name, *arguments = shlex.split(line)
    if name == "--help":
        return
    assert name in COMMANDS
    command = cli.get_command(click.Context(cli), name)
    parsed = command.make_context(name, arguments).params
    recipes = {"experiments": parsed.get("names", ()), "search": [parsed.get("name")]}
    assert set(recipes.get(name, ())) <= RECIPES.keys()


@pytest.mark.parametrize("line", typed("make"))
def test_a_make_target_exists(line: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in line.partition("#")[0].split()[1:]:
        assert re.search(rf"(?m)^{target}:", makefile), target


@pytest.mark.parametrize("line", typed("dvc exp run"))
def test_a_parameter_exists(line: str) -> None:
    for option in re.findall(r"-S '?([\w.]+)=", line):
        value = values_with({})
        for key in option.split("."):
            value = value[key]


@pytest.mark.parametrize("target", re.findall(r"\]\((?!http)([^)]+)\)", README))
def test_a_link_leads_somewhere(target: str) -> None:
    path, _, anchor = target.partition("#")
    assert not path or (ROOT / path).exists()
    headings = re.findall(r"(?m)^#+ (.*)$", README)
    assert path or anchor in [heading.lower().replace(" ", "-") for heading in headings]
