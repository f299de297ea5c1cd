"""Only a search imports Optuna and Ray."""

import ast
from pathlib import Path

import imdb_genres

PACKAGE = Path(imdb_genres.__file__).parent
STAGES = PACKAGE.parent / "stages"


def imported(path: Path) -> set[str]:
    """Return the modules that a file names in imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def importers(module: str) -> set[str]:
    """Return the files that import ``module`` or a part of it, relative to the repository."""
    return {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in (*PACKAGE.rglob("*.py"), *STAGES.glob("*.py"))
        if any(name == module or name.startswith(f"{module}.") for name in imported(path))
    }


def test_only_the_rounds_import_optuna_and_only_the_cluster_imports_ray() -> None:
    assert importers("optuna") == {"imdb_genres/search/rounds.py"}
    assert importers("ray") == {"imdb_genres/search/cluster.py"}
    tree = ast.parse((PACKAGE / "search" / "cluster.py").read_text(encoding="utf-8"))
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not any("ray" in ast.unparse(node).split() for node in top)


def test_only_the_command_imports_the_search() -> None:
    others = {path for path in importers("imdb_genres.search") if "/search/" not in path}
    assert others == {"imdb_genres/cli/search.py"}
