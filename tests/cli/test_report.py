"""`imdb-genres report` finds out what is wrong before it computes anything."""

import shutil
from pathlib import Path

import pytest

from imdb_genres.cli import report
from tests.support import commands
from tests.support.model_folders import make_model
from tests.support.params import PARAMS


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which all but the evaluation exists."""
    monkeypatch.chdir(tmp_path)
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copyfile(PARAMS.parent / name, tmp_path / name)
    make_model(tmp_path / "model")
    for name in ("data/baselines", "data/split.parquet", "metrics/history.csv"):
        Path(name).mkdir(parents=True)
    monkeypatch.setattr(report, "read_baselines", lambda: None)
    monkeypatch.setattr(report, "evaluate", lambda *_: None)
    monkeypatch.setattr(report, "commit_and_changes", lambda: ("", {}))
    monkeypatch.setattr(report, "write_report", lambda path, *_: path.write_text("a report"))
    return tmp_path


def test_the_folder_of_the_report_is_created(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.run(capsys, "report", "--output", "reports/r.html")[0] == 0
    assert [path.name for path in Path("reports").iterdir()] == ["r.html"]


@pytest.mark.parametrize("output", [".", "params.yaml/r.html"])
def test_a_name_that_cannot_be_written_is_one_message(
    root: Path, output: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "evaluate", pytest.fail)
    status, _, err = commands.run(capsys, "report", "--output", output)
    assert status and output.partition("/")[0] in err


def test_what_dvc_has_not_pulled_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("data/baselines").rmdir()
    status, _, err = commands.run(capsys, "report")
    assert status == 1 and "data/baselines is missing" in err and "dvc pull" in err
