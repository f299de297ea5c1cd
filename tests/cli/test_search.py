"""`imdb-genres search` from a recipe to a DVC experiment."""

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


def search(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "imdb_genres.cli", "search", "tiny", "-j", "2"]
    environment = clean_environment()
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.slow
def test_the_best_trial_becomes_an_experiment(tmp_path: Path) -> None:
    """The workspace has another number of epochs than the commit; the second call repeats nothing."""
    folder = clone(tmp_path / "clone")
    (folder / "experiments.yaml").write_text(RECIPE, encoding="utf-8")
    git("commit", "--quiet", "--all", "--message=A search", folder=folder)
    params = folder / "params.yaml"
    params.write_text(params.read_text(encoding="utf-8").replace("epochs: 5", "epochs: 4"))
    first = search(folder)
    assert first.returncode == 0, first.stderr
    assert "train.epochs" in first.stdout and "of 3 trials" in first.stdout
    (journal,) = (folder / ".dvc" / "tmp" / "searches").glob("tiny-*.jsonl")
    lines = journal.read_text(encoding="utf-8")
    trials = [json.loads(line) for line in lines.splitlines()]
    best = max(trials, key=lambda trial: trial["score"])
    assert len(trials) == 3 and len(best["history"]) == 3
    assert dvc(folder, "exp", "list", "--name-only").split() == ["tiny"]
    second = search(folder)
    assert second.returncode == 0, second.stderr
    assert journal.read_text(encoding="utf-8") == lines
