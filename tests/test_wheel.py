"""Installed from a wheel into an environment of its own, the package predicts; a checkout's code wins."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.model_folders import make_model

ROOT = Path(__file__).parents[1]
PACKAGED = {".html", ".json", ".tsv"}
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
OFFLINE = ["--no-index", "--no-deps", "--no-build-isolation"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the dependencies and the package, built as a wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(
        ROOT / "imdb_genres",
        source / "imdb_genres",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    subprocess.run([*PIP, "wheel", *OFFLINE, "--wheel-dir", folder, source], check=True)
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    packages = sysconfig.get_path("purelib", vars={"base": str(environment)})
    Path(packages, "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    [wheel] = folder.glob("*.whl")
    subprocess.run([*PIP, "--python", python, "install", *OFFLINE, wheel], check=True)
    return python


def run(command: Sequence[str | Path], folder: Path) -> str:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_the_installed_command_predicts(python: Path, tmp_path: Path) -> None:
    make_model(tmp_path / "western")
    command = [str(python.parent / "imdb-genres"), "predict", "--model", "western"]
    assert json.loads(run([*command, "--json", "a sheriff"], tmp_path))["genre"] == "Western"


def test_the_packages_data_is_installed_too(python: Path, tmp_path: Path) -> None:
    found = run([python, "-c", "import imdb_genres; print(*imdb_genres.__path__)"], tmp_path)
    installed = Path(found.strip())
    assert ROOT not in installed.parents
    data = [path for path in (ROOT / "imdb_genres").rglob("*") if path.suffix in PACKAGED]
    assert data
    for path in data:
        copy = installed / path.relative_to(ROOT / "imdb_genres")
        assert copy.read_bytes() == path.read_bytes()


def test_a_stage_in_another_checkout_runs_that_checkouts_code(python: Path, tmp_path: Path) -> None:
    """DVC's temporary workspaces are such checkouts: an experiment must run its own commit's code."""
    for package in ("stages", "imdb_genres"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "stages" / "train.py").write_text("import imdb_genres; print(imdb_genres.__file__)")
    found = run([python, "-m", "stages.train"], tmp_path)
    assert Path(found.strip()) == tmp_path / "imdb_genres" / "__init__.py"
