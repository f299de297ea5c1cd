"""The code that a logged model is served with: the modules that ``pyfunc_model`` imports.

A stage copies it into its journal, so that a model is served by the code of its own commit. Nothing
here imports MLflow.
"""

import ast
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import imdb_genres

PACKAGE = Path(imdb_genres.__file__).parent
SCRIPT = "registry/pyfunc_model.py"
MODEL_FOLDER, CODE_FOLDER = "model", "code"


def save_model(model: Path, journal: Path) -> None:
    """Copy the model folder and the code that serves it into a journal."""
    shutil.copytree(model, journal / MODEL_FOLDER, dirs_exist_ok=True)
    save_code(journal / CODE_FOLDER)


def save_code(folder: Path) -> None:
    """Copy the script and the modules that it imports, as a package, into ``folder``."""
    for path in [PACKAGE / SCRIPT, *served_modules()]:
        target = folder / PACKAGE.name / path.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


@cache
def served_modules() -> list[Path]:
    """Return the files of the package that the script imports, directly or not, sorted."""
    found = set((PACKAGE / "networks").glob("*.py"))  # an architecture is looked up by its name
    waiting = [PACKAGE / SCRIPT, *found]
    while waiting:
        for path in _imported(waiting.pop()):
            if path not in found:
                found.add(path)
                waiting.append(path)
    return sorted(found)


def _imported(path: Path) -> Iterator[Path]:
    """Yield the package's files that a file imports when it is imported itself."""
    for node in _top_level(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            yield from _files(name)


def _top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield statements outside functions and classes, without those for type checkers only."""
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node


def _files(module: str) -> Iterator[Path]:
    """Yield the file of a module, and the __init__ of each package around it."""
    first, *rest = module.split(".")
    if first != PACKAGE.name:
        return
    folder = PACKAGE
    yield folder / "__init__.py"
    for part in rest:
        if (folder / part / "__init__.py").exists():
            folder /= part
            yield folder / "__init__.py"
        elif (folder / f"{part}.py").exists():
            yield folder / f"{part}.py"
