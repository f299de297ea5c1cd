"""`imdb-genres search` from a recipe to a DVC experiment, with its trials in MLflow."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from imdb_genres.dvc_repo.git import git
from tests.support.clone import clean_environment, clone, dvc

RECIPE = """
tiny:
  about: a search of a moment
  set: {train.epochs: 3}
  search:
    trials: 3
    at_once: 2
    space:
      train.learning_rate: {low: 0.001, high: 0.1, log: true}
      tokenize.max_words: [50, 100]
"""
LIST_RUNS = """
import json
from mlflow import MlflowClient
client = MlflowClient("sqlite:///mlflow.db")
runs = client.search_runs([experiment.experiment_id for experiment in client.search_experiments()])
print(json.dumps([[run.info.run_name, run.info.status, run.data.tags, run.data.metrics] for run in runs]))
"""


def search(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "imdb_genres.cli", "search", "tiny", "-j", "2"]
    environment = clean_environment() | environment
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.slow
def test_the_best_trial_becomes_an_experiment(tmp_path: Path) -> None:
    """The store is unreachable at first, and the workspace has another number of epochs."""
    folder = clone(tmp_path / "clone")
    (folder / "experiments.yaml").write_text(RECIPE, encoding="utf-8")
    git("commit", "--quiet", "--all", "--message=A search", folder=folder)
    params = folder / "params.yaml"
    params.write_text(params.read_text(encoding="utf-8").replace("epochs: 5", "epochs: 4"))
    first = search(folder, MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    assert first.returncode == 0, first.stderr
    assert "train.epochs" in first.stdout and "of 3 trials" in first.stdout
    (journal,) = (folder / ".dvc" / "tmp" / "searches").glob("tiny-*.jsonl")
    lines = journal.read_text(encoding="utf-8")
    trials = [json.loads(line) for line in lines.splitlines()]
    best = max(trials, key=lambda trial: trial["score"])
    assert len(trials) == 3 and len(best["history"]) == 3
    assert dvc(folder, "exp", "list", "--name-only").split() == ["main:", "tiny"]
    second = search(folder)
    assert second.returncode == 0, second.stderr
    assert journal.read_text(encoding="utf-8") == lines
    listed = subprocess.run(
        [sys.executable, "-c", LIST_RUNS], cwd=folder, capture_output=True, text=True, check=True
    )
    runs = {
        name: (status, tags, metrics) for name, status, tags, metrics in json.loads(listed.stdout)
    }
    assert "compare-runs" in runs["tiny (search)"][1]["mlflow.note.content"]
    for trial in trials:
        status, tags, metrics = runs[f"tiny trial {trial['number']}"]
        assert status == "FINISHED" and "mlflow.parentRunId" in tags
        assert metrics["validation_score"] == pytest.approx(trial["score"])
    dvc(folder, "exp", "apply", "tiny", "--force")
    written = (folder / "metrics" / "history.csv").read_text(encoding="utf-8").splitlines()[-1]
    assert float(written.split(",")[1]) == best["history"][-1]["loss/train"]
