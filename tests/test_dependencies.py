"""pyproject.toml declares what the package and its stages import; the lock holds what it declares."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.test_layers import ROOT, modules

OURS = {"imdb_genres", "stages"}


def normalized(requirement: str) -> str:
    """Return "ruamel-yaml" for "ruamel.yaml[oldlibyaml]"."""
    return re.split(r"[^\w.-]", requirement)[0].replace(".", "-").replace("_", "-").lower()


def declared(*extras: str) -> set[str]:
    """Return the distributions that an installation with these extras needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = [name for extra in extras for name in project["optional-dependencies"][extra]]
    return {normalized(name) for name in [*project["dependencies"], *optional]} - {project["name"]}


def libraries(file: Path) -> Iterator[str]:
    """Yield the top-level names of the libraries that a file imports, also inside its functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from {name.split(".")[0] for name in names} - sys.stdlib_module_names - OURS


def test_every_imported_library_is_declared() -> None:
    known = declared("cluster", "encoder")
    distributions = packages_distributions()
    imported = {library for file in modules().values() for library in libraries(file)}
    undeclared = {
        library
        for library in imported
        if not set(map(normalized, distributions.get(library, [library]))) & known
    }
    assert undeclared == set()


def test_the_lock_holds_every_declared_library() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    locked = {normalized(line) for line in lines if "==" in line}
    assert declared("encoder", "dev") - locked == set()
