"""A stage checks all params first, and reports user errors in one line."""

import builtins
import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from imdb_genres.dvc_repo import resource_usage
from imdb_genres.errors import UserError
from imdb_genres.params.schema import Params
from imdb_genres.stage import run_stage
from tests.support.params import PARAMS, values_with

LABELLED = Path("data/labelled.parquet")
ROOT = PARAMS.parent
STAGES = sorted(path.stem for path in (ROOT / "stages").glob("[a-z]*.py"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(values_with({})))
    (tmp_path / "dvc.yaml").write_bytes((ROOT / "dvc.yaml").read_bytes())
    (tmp_path / "data").mkdir()
    pd.DataFrame({"film": ["a"]}).to_parquet(LABELLED)
    return tmp_path


def message_of(main: Callable[[Params], object], stage: str = "split") -> object:
    with pytest.raises(SystemExit) as exit_:
        run_stage(main, stage)
    return exit_.value.code


def raising(error: BaseException) -> Callable[[Params], object]:
    def main(_: Params) -> None:
        raise error

    return main


def test_an_invalid_param_in_any_section_stops_any_stage_before_it_starts(folder: Path) -> None:
    values = values_with({"evaluate.bootstrap_resamples": "many"})
    (folder / "params.yaml").write_text(yaml.safe_dump(values))
    started: list[Params] = []
    message = str(message_of(started.append))
    assert (
        message.startswith("split: ")
        and "evaluate.bootstrap_resamples" in message
        and '"many"' in message
    )
    assert not started


def test_a_user_error_is_one_line_and_a_bug_keeps_its_traceback(folder: Path) -> None:
    assert message_of(raising(UserError("a fold is empty"))) == "split: a fold is empty"
    with pytest.raises(ZeroDivisionError):
        run_stage(raising(ZeroDivisionError()), "split")


def test_a_missing_input_is_reported_before_the_stage_starts(folder: Path) -> None:
    LABELLED.unlink()
    started: list[Params] = []
    message = str(message_of(started.append))
    assert "data/labelled.parquet" in message and "dvc repro label" in message
    assert not started


def test_a_corrupt_table_is_one_line(folder: Path) -> None:
    LABELLED.write_bytes(LABELLED.read_bytes()[:-9])
    message = str(message_of(lambda _: pd.read_parquet(LABELLED)))
    assert message.startswith("split: data/labelled.parquet ")
    assert "dvc repro label" in message and "\n" not in message


@pytest.mark.parametrize("left", [0, 100, 400])
def test_a_corrupt_array_file_is_one_line(folder: Path, left: int) -> None:
    Path("data/vocabulary.txt").touch()
    tokens = Path("data/tokens.npz")
    np.savez(tokens, ids=np.arange(9), label=np.arange(9))
    tokens.write_bytes(tokens.read_bytes()[:left])
    message = str(message_of(lambda _: np.load(tokens)["label"], "train"))
    assert message.startswith("train: data/tokens.npz ")


def test_an_interruption_exits_with_the_shells_status(folder: Path) -> None:
    assert message_of(raising(KeyboardInterrupt())) == 130


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_is_one_line_that_names_the_file(folder: Path, number: int) -> None:
    full = OSError(number, os.strerror(number), "data/.split.parquet.part")
    message = str(message_of(raising(full)))
    assert message.startswith("split: ") and "data/.split.parquet.part" in message
    assert "\n" not in message


def test_a_full_disk_behind_another_librarys_error_is_one_line(folder: Path) -> None:
    def main(_: Params) -> None:
        try:
            raise OSError(
                "Unable to write (file write failed: error message = 'No space left on device')"
            )
        except OSError as error:
            raise RuntimeError("cannot save") from error

    assert "no space left" in str(message_of(main))


def test_usage_is_recorded_where_there_is_no_resource_module(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def without_resource(name: str, *rest: Any) -> Any:
        if name == "resource":
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_resource)
    assert resource_usage.measure()["cpu_seconds"] > 0


def test_a_damaged_usage_file_costs_its_figures_alone(folder: Path) -> None:
    Path("dvc.yaml").write_text("stages: {parse: {cmd: a}, label: {cmd: b}}\n")
    for stage in ("parse", "label"):
        resource_usage.save_usage(stage)
    (damaged,) = Path(".dvc/tmp/costs").glob("label-*.json")
    damaged.write_text("")
    names = resource_usage.load_usage({"parse": {}, "label": {}, "split": {}})
    assert names.keys() == {
        f"system/parse/{unit}" for unit in ("seconds", "cpu_seconds", "peak_mb")
    }


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_runs_under_its_own_name(stage: str) -> None:
    code = (ROOT / "stages" / f"{stage}.py").read_text(encoding="utf-8")
    assert re.search(rf'if __name__ == "__main__":\n    run_stage\(main, "{stage}"\)\n\Z', code)


@pytest.mark.parametrize("stage", ["label", "download", "tokenize"])
def test_a_stage_that_is_started_by_its_file_says_how_to_run_it(stage: str, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "stages" / f"{stage}.py")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}  # as an editable install does
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 1
    assert "python -m stages." in result.stderr and result.stderr.count("\n") == 1
