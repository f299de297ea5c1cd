"""The steps of docs/extending.md, followed in a scratch copy, give an architecture and a stage that work."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.params import PARAMS

ROOT = PARAMS.parent
BLOCK = re.compile(r"```(diff|python) (\S+)\n(.*?)```", re.S)
TRAIN_AND_PREDICT = """
import json
from dataclasses import replace
from pathlib import Path
from imdb_genres.inference.predictor import Predictor
from imdb_genres.networks.registry import ARCHITECTURES
from stages import train
from tests.support.params import params_with
from tests.support.workspace import QUICK, write_tokens
write_tokens(Path("data"))
changes = {**QUICK, "architecture": "two-branch", "two_branch.branch_units": [8, 4]}
train.main(params_with({f"train.{name}": value for name, value in changes.items()}))
texts = ["a sheriff rides into the dusty town", "a ghost in the cellar"]
numpy = Predictor.load().predict_proba(texts)
ARCHITECTURES["two-branch"] = replace(ARCHITECTURES["two-branch"], forward=None)
print(json.dumps([numpy.tolist(), Predictor.load().predict_proba(texts).tolist()]))
"""


def follow(steps: str, root: Path) -> list[str]:
    """Make the changes that the blocks of ``steps`` show; return the files that they touch."""
    touched = []
    for kind, name, block in BLOCK.findall(steps):
        path = root / name
        if kind == "python":
            path.write_text(block)
        else:
            lines = block.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] in " -")
            after = "".join(line[1:] for line in lines if line[0] in " +")
            assert path.read_text().count(before) == 1, f"{name}: {before}"
            path.write_text(path.read_text().replace(before, after))
        touched.append(name)
    return touched


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("imdb_genres", "stages", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / ".dvc").mkdir()
    return tmp_path


def follow_chapter(heading: str, root: Path) -> set[str]:
    """Follow a chapter of docs/extending.md; check the style of the modules that it touches."""
    chapter = (ROOT / "docs" / "extending.md").read_text().partition(f"## {heading}\n")[2]
    touched = set(follow(chapter.partition("\n## ")[0], root))
    modules = [name for name in touched if name.endswith(".py")]
    # where other architectures were added, the imports may be unsorted
    for command in (["check", "--ignore=I001"], ["format", "--check"]):
        config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
        ruff = [sys.executable, "-m", "ruff", *command, *config, *modules]
        subprocess.run(ruff, cwd=root, check=True)
    return touched


@pytest.mark.slow
def test_the_steps_of_the_documentation_give_a_new_architecture(copy: Path) -> None:
    assert len(follow_chapter("Add an architecture", copy)) == 4
    output = subprocess.check_output(
        [sys.executable, "-c", TRAIN_AND_PREDICT],
        cwd=copy,
        env={**os.environ, "TRACKING": "off"},
        text=True,
    )
    in_numpy, in_keras = json.loads(output.splitlines()[-1])
    assert [row.index(max(row)) for row in in_numpy] == [2, 1]
    np.testing.assert_allclose(in_numpy, in_keras, atol=1e-4)


@pytest.mark.slow
def test_the_steps_of_the_documentation_give_a_new_stage(copy: Path) -> None:
    assert len(follow_chapter("Add a stage", copy)) == 4
    (copy / "data").mkdir()
    films = pa.table({"text": ["a ferry sinks", "rain"], "fold": ["train", "test"]})
    pq.write_table(films, copy / "data" / "balanced.parquet")
    command = [sys.executable, "-m", "stages.count"]
    refused = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    assert refused.stderr == "count: 3 words, expected 1000 or more: add films\n"
    params = copy / "params.yaml"
    params.write_text(params.read_text().replace("min_words: 1000", "min_words: 3"))
    subprocess.run(command, cwd=copy, check=True)
    assert json.loads((copy / "metrics" / "count.json").read_text()) == {"words": 3}
    graph = "tests/stages/test_stage_graph.py"
    test = f"{graph}::test_every_module_that_a_stage_imports_is_among_its_dependencies[count]"
    subprocess.run([sys.executable, "-m", "pytest", "-q", test], cwd=copy, check=True)
