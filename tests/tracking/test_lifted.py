"""The library tracks another project's pipeline: copied, renamed and configured in one place."""

import subprocess
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from tests.robustness.stress import work_off
from tests.support.clone import dvc
from tests.support.params import PARAMS as PARAMS_FILE

PACKAGE = PARAMS_FILE.parent / "imdb_genres"
LIFTED = ("tracking", "dvc_repo", "io", "errors.py", "hashing.py")
FILES = {
    "toolbox/__init__.py": "",
    "tide/__init__.py": "",
    "tide/config.py": """
from pathlib import Path
from toolbox.tracking.config import TrackingConfig
from toolbox.tracking.tracker import Tracker

CONFIG = TrackingConfig(
    experiment="tides",
    uploader="tide.uploader",
    sync_command="python -m tide.sync",
    train_stage="fit",
    evaluate_stage="check",
    model=Path("line.json"),
    history=Path("figures/history.csv"),
    scores=(Path("figures/error.json"),),
    code=("tide/",),
    generated=("dvc.lock", "figures/"),
)
TRACKER = Tracker(CONFIG)
""",
    "tide/uploader.py": """
from tide.config import CONFIG
from toolbox.tracking.spawn import run_uploader

run_uploader(CONFIG)
""",
    "tide/fit.py": """
import json
from pathlib import Path
import yaml
from tide.config import TRACKER

rate = yaml.safe_load(open("params.yaml"))["fit"]["rate"]
Path("figures").mkdir(exist_ok=True)
slope, rows = 0.0, []
with TRACKER.training() as run:
    for epoch in (1, 2, 3):
        slope += rate * (2 - slope)
        rows.append({"epoch": epoch, "loss/train": (2 - slope) ** 2})
        run.log_epoch(rows[-1])
    lines = ["epoch,loss/train", *(f"{r['epoch']},{r['loss/train']}" for r in rows)]
    Path("figures/history.csv").write_text("\\n".join(lines) + "\\n")
    Path("line.json").write_text(json.dumps(slope))
""",
    "tide/check.py": """
import json
from pathlib import Path
from tide.config import TRACKER

with TRACKER.evaluation() as run:
    scores = {"error": abs(2 - json.loads(Path("line.json").read_text()))}
    Path("figures/error.json").write_text(json.dumps(scores))
    run.log_metrics(scores)
    run.log_artifacts(Path("figures"))
""",
    "params.yaml": "fit:\n  rate: 0.5\n",
    "dvc.yaml": """
stages:
  fit:
    cmd: python -m tide.fit
    deps: [tide/fit.py]
    params: [fit]
    outs: [line.json]
    plots: [figures/history.csv: {cache: false}]
  check:
    cmd: python -m tide.check
    deps: [tide/check.py, line.json]
    metrics: [figures/error.json: {cache: false}]
""",
    ".gitignore": "/mlflow.db*\n/mlartifacts\n__pycache__\n",
}


def make_project(folder: Path) -> Path:
    """Copy the library under another name, next to a pipeline of two stages about tides."""
    for name in LIFTED:
        source = PACKAGE / name
        for path in [source] if source.is_file() else sorted(source.rglob("*.py")):
            target = folder / "toolbox" / path.relative_to(PACKAGE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text().replace("imdb_genres", "toolbox"))
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for command in (
        ["git", "init", "-q", "-b", "main"],
        ["git", "config", "user.name", "Ann Other"],
        ["git", "config", "user.email", "ann@example.org"],
        [sys.executable, "-m", "dvc", "init", "-q"],
        ["git", "add", "--all"],
        ["git", "commit", "-qm", "Tides"],
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.slow
def test_repro_an_experiment_and_a_queue_of_another_project_are_tracked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRACKING")
    root = make_project(tmp_path / "tides")
    dvc(root, "repro")
    assert errors(root) == {"main": 0.25}
    dvc(root, "exp", "run", "--name", "fast", "-S", "fit.rate=0.9")
    dvc(root, "exp", "run", "--queue", "--name", "slow", "-S", "fit.rate=0.1")
    work_off(root, jobs=1)
    assert errors(root).keys() == {"main", "fast", "slow"}
    assert {run.info.status for run in stored_runs(root)} == {"FINISHED"}
    (slow,) = [run for run in stored_runs(root) if run.info.run_name == "slow"]
    assert slow.data.tags["changed"] == "fit.rate=0.1"
    client = MlflowClient(f"sqlite:///{root}/mlflow.db")
    curve = client.get_metric_history(slow.info.run_id, "loss/train")
    assert [point.step for point in curve] == [1, 2, 3]


def stored_runs(root: Path) -> list[Run]:
    client = MlflowClient(f"sqlite:///{root}/mlflow.db")
    experiment = client.get_experiment_by_name("tides")
    assert experiment
    return list(client.search_runs([experiment.experiment_id]))


def errors(root: Path) -> dict[str, float]:
    """Return the score of each run, by DVC's name or the branch's."""
    return {
        run.info.run_name.partition("-")[0]: run.data.metrics["error"] for run in stored_runs(root)
    }


WORDS = {
    "imdb-genres",
    "film",
    "films",
    "genre",
    "genres",
    "movie",
    "imdb",
    "plot",
    "keras",
    "tensorflow",
}


def test_the_library_has_no_word_of_this_project() -> None:
    for path in (PACKAGE / "tracking").glob("*.py"):
        text = path.read_text().replace("imdb_genres", "").replace("`", " ")
        found = WORDS & set(text.lower().replace(".", " ").replace("_", " ").split())
        assert not found, f"{path.name}: {found}"
