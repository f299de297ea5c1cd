"""`make` lists its targets, and says at once which Python it needs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.params import PARAMS

ROOT = PARAMS.parent
PRETEND = """#!/bin/sh
exec {python} -c 'import sys; sys.version_info = {version}; exec(sys.argv[1])' "$2"
"""


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def targets() -> list[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (names,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    return str(names).split()


def test_help_lists_every_target() -> None:
    listed = [line.split()[0] for line in make(ROOT, "help").stdout.splitlines()]
    assert sorted(listed) == sorted(targets())


def test_messages_advise_targets_that_exist() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("imdb_genres/**/*.py"))
    assert {"setup"} <= set(re.findall("`make ([a-z-]+)", code)) <= set(targets())


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 14, 0)], ids=str)
def test_setup_with_another_python_names_the_supported_ones(
    tmp_path: Path, version: tuple[int, ...]
) -> None:
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    python = tmp_path / "python"
    python.write_text(PRETEND.format(python=sys.executable, version=version))
    python.chmod(0o755)
    result = make(tmp_path, "setup", f"PYTHON={python}")
    assert result.returncode and not (tmp_path / ".venv").exists()
    assert "3.11, 3.12 or 3.13" in result.stderr


def test_pip_settings_that_would_install_elsewhere_do_not_reach_setup(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text() + "\nshow:\n\t@env\n")
    foreign = {"PIP_TARGET": "/elsewhere", "PIP_REQUIRE_HASHES": "1", "PIP_INDEX_URL": "https://a"}
    command = ["make", "--no-print-directory", "show"]
    environment = os.environ | foreign
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "PIP_TARGET" not in result.stdout and "PIP_REQUIRE_HASHES" not in result.stdout
    assert "PIP_INDEX_URL=https://a" in result.stdout.splitlines()
