"""A stage checks all params first, and ends on an expected error with one sentence."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from stages import runner
from stages.errors import StageError
from stages.params import Params
from tests.parameters import PARAMS, values_with

STAGES = ["download", "parse", "label", "split", "balance", "tokenize", "train", "evaluate"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["/some/where/stages/split.py"])
    (tmp_path / "params.yaml").write_bytes(PARAMS.read_bytes())
    (tmp_path / "dvc.yaml").write_bytes((PARAMS.parent / "dvc.yaml").read_bytes())
    return tmp_path


def ending(main: Callable[[Params], None]) -> object:
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
        raise StageError("a fold is empty")

    def crash(_: Params) -> None:
        raise ZeroDivisionError

    assert ending(fail) == "split: a fold is empty"
    with pytest.raises(ZeroDivisionError):
        runner.run(crash)


def test_an_interruption_ends_with_the_shells_status(folder: Path) -> None:
    def interrupt(_: Params) -> None:
        raise KeyboardInterrupt

    assert ending(interrupt) == 130


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_started_by_the_runner(stage: str) -> None:
    code = (PARAMS.parent / "stages" / f"{stage}.py").read_text()
    assert code.endswith('if __name__ == "__main__":\n    run(main)\n')
