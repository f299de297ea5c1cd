"""What the documentation tells people to type exists: commands, options, targets, parameters, files."""

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from imdb_genres.cli.__main__ import COMMANDS, cli
from imdb_genres.experiments.recipes import read_recipes
from tests.support.params import values_with

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}
BLOCK = re.compile(r"^```(\w*).*?\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINES = [
    line.removeprefix("$ ").partition("  #")[0].strip()
    for text in TEXTS.values()
    for language, block in BLOCK.findall(text)
    for line in block.splitlines()
    if not language
]
LINKS = [
    (page, target)
    for page, text in TEXTS.items()
    for target in re.findall(r"\]\((?!http)([^)]+)\)", text)
]
RECIPES = read_recipes(ROOT / "experiments.yaml")


def typed(program: str) -> list[str]:
    """Return the distinct commands of all pages that run ``program``, without redirections."""
    inline = re.findall(rf"`({program} [^`]+)`", "\n".join(TEXTS.values()))
    commands = [line for line in [*LINES, *inline] if line.startswith(f"{program} ")]
    return list(dict.fromkeys(line.partition(" < ")[0] for line in commands))


def anchors(page: Path) -> list[str]:
    headings = re.findall(r"(?m)^#+ (.*)$", page.read_text(encoding="utf-8"))
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]


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
        assert "=" in target or re.search(rf"(?m)^{target}:", makefile), target


@pytest.mark.parametrize("line", typed("dvc exp run"))
def test_a_parameter_exists(line: str) -> None:
    for option in re.findall(r"-S '?([\w.]+)=", line):
        value = values_with({})
        for key in option.split("."):
            value = value[key]


@pytest.mark.parametrize("line", typed("python -m"))
def test_a_module_exists(line: str) -> None:
    name = line.split()[2]
    path = ROOT.joinpath(*name.split("."))
    if name.startswith("my_project."):  # of a page that shows the module
        assert any(f"```python {name.replace('.', '/')}.py" in text for text in TEXTS.values())
        return
    assert name == "pytest" or path.with_suffix(".py").exists() or (path / "__main__.py").exists()


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_a_link_leads_somewhere(page: str, target: str) -> None:
    path, _, anchor = target.partition("#")
    linked = (ROOT / page).parent / path if path else ROOT / page
    assert linked.exists()
    assert not anchor or anchor in anchors(linked)


def test_a_recipe_that_a_page_quotes_is_the_one_in_experiments_yaml() -> None:
    quoted = {
        name: recipe
        for text in TEXTS.values()
        for language, block in BLOCK.findall(text)
        if language == "yaml"
        for name, recipe in yaml.safe_load(block).items()
        if name in RECIPES
    }
    experiments = yaml.safe_load((ROOT / "experiments.yaml").read_text(encoding="utf-8"))
    assert quoted
    assert quoted == {name: experiments[name] for name in quoted}
