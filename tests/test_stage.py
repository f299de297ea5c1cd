"""A stage checks all params first, and ends on an expected error with one sentence."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from imdb_genres import stage as runner
from imdb_genres.errors import UserError
from imdb_genres.params.schema import Params
from tests.support.params import PARAMS, values_with

LABELLED = Path("data/labelled.parquet")
ARROW = """
import sys
import pyarrow as pa
from imdb_genres.stage import run
sys.argv[0] = "split.py"
run(lambda params: pa.array(["a film"]), pandas={pandas})
print("pandas" in sys.modules)
import pandas
"""
STAGES = [
    "download",
    "parse",
    "label",
    "split",
    "balance",
    "baselines",
    "tokenize",
    "train",
    "evaluate",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["/some/where/stages/split.py"])
    (tmp_path / "params.yaml").write_bytes(PARAMS.read_bytes())
    (tmp_path / "dvc.yaml").write_bytes((PARAMS.parent / "dvc.yaml").read_bytes())
    (tmp_path / "data").mkdir()
    pd.DataFrame({"film": ["a"]}).to_parquet(LABELLED)
    return tmp_path


def ending(main: Callable[[Params], object]) -> object:
    with pytest.raises(SystemExit) as stop:
        runner.run(main)
    return stop.value.code


def test_a_mistake_in_any_section_stops_any_stage_before_it_starts(folder: Path) -> None:
    values = values_with({"evaluate.bootstrap": "many"})
    (folder / "params.yaml").write_text(yaml.safe_dump(values))
    started: list[Params] = []
    sentence = 'split: params.yaml: evaluate.bootstrap is "many"; expected an integer'
    assert ending(started.append) == sentence
    assert not started


def test_an_expected_error_is_a_sentence_and_another_keeps_its_traceback(folder: Path) -> None:
    def fail(_: Params) -> None:
        raise UserError("a fold is empty")

    def crash(_: Params) -> None:
        raise ZeroDivisionError

    assert ending(fail) == "split: a fold is empty"
    with pytest.raises(ZeroDivisionError):
        runner.run(crash)


def test_a_missing_input_is_told_before_the_stage_starts(folder: Path) -> None:
    LABELLED.unlink()
    started: list[Params] = []
    assert ending(started.append) == (
        "split: data/labelled.parquet is missing: run `dvc repro label`, or `dvc pull`"
    )
    assert not started


def test_a_damaged_table_is_a_sentence(folder: Path) -> None:
    LABELLED.write_bytes(LABELLED.read_bytes()[:-9])
    told = str(ending(lambda _: pd.read_parquet(LABELLED)))
    assert told.startswith("split: data/labelled.parquet is damaged (")
    assert told.endswith("): run `dvc repro label`, or `dvc pull`") and "\n" not in told


@pytest.mark.parametrize("left", [0, 100, 400])
def test_a_damaged_array_file_is_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    monkeypatch.setattr(sys, "argv", ["stages/train.py"])
    Path("data/vocabulary.txt").touch()
    tokens = Path("data/tokens.npz")
    np.savez(tokens, ids=np.arange(9), label=np.arange(9))
    tokens.write_bytes(tokens.read_bytes()[:left])
    told = str(ending(lambda _: np.load(tokens)["label"]))
    assert told.startswith("train: data/tokens.npz is damaged (")


def test_an_interruption_ends_with_the_shells_status(folder: Path) -> None:
    def interrupt(_: Params) -> None:
        raise KeyboardInterrupt

    assert ending(interrupt) == 130


@pytest.mark.parametrize("pandas", [True, False])
def test_arrow_imports_pandas_only_where_the_stage_uses_it(pandas: bool, folder: Path) -> None:
    command = [sys.executable, "-c", ARROW.format(pandas=pandas)]
    environment = os.environ | {"PYTHONPATH": str(PARAMS.parent)}
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == str(pandas)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_started_by_the_runner(stage: str) -> None:
    code = (PARAMS.parent / "stages" / f"{stage}.py").read_text()
    assert re.search(r'if __name__ == "__main__":\n    run\(main(, pandas=False)?\)\n\Z', code)
