"""A temporary workspace of DVC runs its own code, although the main checkout is installed editable."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.support.params import PARAMS

ROOT = PARAMS.parent


def test_a_temporary_workspace_imports_its_own_code(tmp_path: Path) -> None:
    for package in ("stages", "imdb_genres"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "stages" / "show.py").write_text("import imdb_genres; print(imdb_genres.__file__)")
    # an editable install of a flat layout adds the checkout to the end of sys.path, as PYTHONPATH does
    # after the working folder
    result = subprocess.run(
        [sys.executable, "-m", "stages.show"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(result.stdout.strip()) == tmp_path / "imdb_genres" / "__init__.py"


def test_the_layout_is_flat_and_stages_run_as_modules_of_the_working_folder() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    find = pyproject["tool"]["setuptools"]["packages"]["find"]
    assert "where" not in find and "package-dir" not in pyproject["tool"]["setuptools"]
    assert (ROOT / "imdb_genres" / "__init__.py").exists() and not (ROOT / "src").exists()
    commands = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    assert "cmd: python -m stages." in commands and "imdb-genres" not in commands
