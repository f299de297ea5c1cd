"""No module imports one of a layer above its own, and packages do not import each other in a circle.

``python -m tests.test_layers`` prints the layers and what each package imports.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = [
    ["errors", "hashing", "io", "paths", "progress"],
    ["dvc_repo", "params", "text"],
    ["corpora", "download", "labels", "model", "near_duplicates", "networks"],
    ["evaluation", "inference", "training"],
    ["tracking"],
    ["registry"],
    ["experiments"],
    ["search"],
    ["api", "demo"],
    ["cli", "stage", "startup"],
    ["stages"],
]
RANKS = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
LIFTABLE = {"dvc_repo", "errors", "hashing", "io"}  # what tracking may import: it knows no films
ENTRY_POINTS = {"cli", "stage", "stages"}


def package_of(module: str) -> str:
    """Return "io" for "imdb_genres.io.atomic", "stages" for "stages.label"."""
    names = module.split(".")
    return names[0] if names[0] != "imdb_genres" else names[1] if len(names) > 1 else ""


def modules() -> dict[str, Path]:
    """Return the files of stages/ and imdb_genres/ by module name."""
    files = [file for top in ("stages", "imdb_genres") for file in (ROOT / top).rglob("*.py")]
    names = [file.relative_to(ROOT).with_suffix("").parts for file in sorted(files)]
    dotted = [".".join(parts).removesuffix(".__init__") for parts in names]
    return dict(zip(dotted, sorted(files), strict=True))


@cache
def tree_of(file: Path) -> list[ast.AST]:
    """Return all nodes of a file but those of `if TYPE_CHECKING`, which never run."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If)]
    unused = {
        id(node)
        for block in blocks
        if isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    return [node for node in ast.walk(tree) if id(node) not in unused]


def imports_of(file: Path, known: set[str]) -> Iterator[str]:
    """Yield our modules that a file imports, also inside its functions."""
    for node in tree_of(file):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            members = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [member if member in known else node.module for member in members]
        yield from (name for name in names if name.split(".")[0] in ("imdb_genres", "stages"))


@cache
def all_imports() -> list[tuple[str, str]]:
    """Return every pair of importing and imported module, the package itself left out."""
    files = modules()
    pairs = {
        (name, target) for name, file in files.items() for target in imports_of(file, {*files})
    }
    return sorted(
        (name, target) for name, target in pairs if package_of(name) and package_of(target)
    )


def test_every_package_has_a_layer() -> None:
    assert {package_of(name) for name in modules()} - {""} - set(RANKS) == set()


def test_no_import_runs_uphill() -> None:
    uphill = [
        f"{name} -> {target}"
        for name, target in all_imports()
        if RANKS[package_of(name)] < RANKS[package_of(target)]
    ]
    assert uphill == []


def test_packages_do_not_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for name, target in all_imports():
        if package_of(name) != package_of(target):
            graph.setdefault(package_of(name), set()).add(package_of(target))
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for name, target in all_imports():
        graph.setdefault(name, set()).add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_tracking_imports_nothing_that_knows_films() -> None:
    found = {
        f"{name} -> {target}"
        for name, target in all_imports()
        if package_of(name) == "tracking" and package_of(target) not in LIFTABLE | {"tracking"}
    }
    assert found == set()


def test_only_entry_points_import_the_start_up_settings() -> None:
    importing = {package_of(name) for name, target in all_imports() if target.endswith(".startup")}
    assert importing <= ENTRY_POINTS


def test_only_tracking_and_registry_import_mlflow() -> None:
    importing = {
        package_of(name)
        for name, file in modules().items()
        for node in tree_of(file)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "mlflow")
        or (
            isinstance(node, ast.Import)
            and any(a.name.split(".")[0] == "mlflow" for a in node.names)
        )
    }
    assert importing <= {"tracking", "registry"}


def test_the_architecture_page_names_every_package() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tree = page.partition("## Layers")[0]
    assert [name for name in RANKS if not re.search(rf"\b{name}(/|\.py)", tree)] == []


def main() -> None:
    """Print the layers, the lowest first, with what each package imports."""
    for rank, layer in enumerate(LAYERS):
        print(f"{rank}. {', '.join(layer)}")
        for package in layer:
            pairs = [pair for pair in all_imports() if package_of(pair[0]) == package]
            targets = sorted({package_of(target) for _, target in pairs} - {package})
            print(f"     {package} imports {', '.join(targets) or 'nothing of ours'}")


if __name__ == "__main__":
    main()
