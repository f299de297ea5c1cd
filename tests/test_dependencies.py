"""pyproject.toml declares every library that the package and its stages import."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.test_layers import ROOT, modules

OURS = {"imdb_genres", "stages"}


def declared() -> set[str]:
    """Return the distributions that an installation needs, and those of the package's extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    requirements = [*project["dependencies"], *extras["cluster"], *extras["encoder"]]
    return {re.split(r"[^\w.-]", requirement)[0].lower() for requirement in requirements}


def libraries(file: Path) -> Iterator[str]:
    """Yield the top-level names of the libraries that a file imports, also inside its functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from {name.split(".")[0] for name in names} - sys.stdlib_module_names - OURS


def test_every_imported_library_is_declared() -> None:
    distributions = packages_distributions()
    imported = {library for file in modules().values() for library in libraries(file)}
    undeclared = {
        library
        for library in imported
        if not {name.lower() for name in distributions.get(library, [library])} & declared()
    }
    assert undeclared == set()
