"""A pull request's report has the curves that GitHub can draw, and the workflow runs what exists."""

from pathlib import Path
from typing import Any

import yaml

from tests.support.params import PARAMS
from tools.pull_request_report import chart, read_curve

ROOT = PARAMS.parent
HISTORY = "epoch,loss/train,accuracy/train,accuracy/validation\n1,2.5,0.1,0.2\n2,2.4,0.3,0.4\n"


def test_a_chart_has_a_line_for_each_fold() -> None:
    folds = read_curve(HISTORY, "accuracy")
    assert folds == {"train": [0.1, 0.3], "validation": [0.2, 0.4]}
    assert chart("After", folds).splitlines()[3:] == [
        "    line [0.1000, 0.3000]",
        "    line [0.2000, 0.4000]",
    ]


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
