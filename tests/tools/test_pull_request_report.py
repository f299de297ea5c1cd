"""A pull request's report has the curves that GitHub can draw, and the workflow runs what exists."""

from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from tests.support.params import PARAMS
from tools import pull_request_report
from tools.pull_request_report import chart, dvc_diff, read_curve

ROOT = PARAMS.parent
HISTORY = "epoch,loss/train,accuracy/train,accuracy/validation\n1,2.5,0.1,0.2\n2,2.4,0.3,0.4\n"


def test_a_chart_has_a_line_for_each_fold() -> None:
    folds = read_curve(HISTORY, "accuracy")
    assert folds == {"train": [0.1, 0.3], "validation": [0.2, 0.4]}
    assert chart("After", folds).splitlines()[3:] == [
        "    line [0.1000, 0.3000]",
        "    line [0.2000, 0.4000]",
    ]


@pytest.mark.parametrize("text", ["", HISTORY.splitlines()[0], "epoch,f1/train\n1,0.5\n"])
def test_a_history_without_the_curve_has_no_chart(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics/history.csv").write_text(text)
    monkeypatch.setattr(pull_request_report, "repository_root", lambda: tmp_path)
    monkeypatch.setattr(pull_request_report, "history_at", lambda revision: text)
    monkeypatch.setattr(pull_request_report, "dvc_diff", lambda kind, base: "")
    pull_request_report.main("HEAD")
    assert "mermaid" not in capsys.readouterr().out


@pytest.mark.parametrize("rows", ["", "| a | 1 | 2 |"])
def test_an_empty_table_of_dvc_reads_no_change(rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = f"| Path | HEAD | workspace |\n|---|---|---|\n{rows}\n"
    done = CompletedProcess([], 0, stdout=table)
    monkeypatch.setattr(pull_request_report, "run_dvc", lambda *options, **_: done)
    assert dvc_diff("params", "HEAD") == (table.strip() if rows else "No change.")


def test_a_long_training_is_thinned() -> None:
    line = chart("After", {"train": [0.5] * 200}).splitlines()[-1]
    assert line.count(",") < 60


def test_the_workflow_tests_every_supported_python() -> None:
    workflow: Any = yaml.safe_load(Path(ROOT / ".github/workflows/ci.yml").read_text())
    jobs = workflow["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert {"run": ".ci/run"} in jobs["test"]["steps"]
    commands = [step.get("run", "") for step in jobs["report"]["steps"]]
    (path,) = [n for n, command in enumerate(commands) if "$GITHUB_PATH" in command]
    assert commands.index("make setup") < path < commands.index("dvc repro")
    assert "tools.pull_request_report" in str(jobs["report"]["steps"])
    assert all("write" not in str(jobs[name]["permissions"]) for name in ("test", "report"))
