"""An experiment's predictions are found by any of its names."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from imdb_genres.errors import UserError
from imdb_genres.evaluation.predictions import PredictionTable
from imdb_genres.experiments import results
from imdb_genres.experiments.results import read_result
from imdb_genres.registry.tracker import TRACKER
from imdb_genres.tracking.store import Store
from tests.support.tracked_runs import open_store, train

PREDICTIONS = Path("data/evaluation/predictions.parquet")


def call(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def write_predictions(predicted: str) -> None:
    PREDICTIONS.parent.mkdir(parents=True, exist_ok=True)
    film = {"film": ["a"], "text_hash": ["0"], "label": ["War"], "labels": [["War"]]}
    rows = pd.DataFrame(film | {"predicted": [predicted], "predicted_labels": [["War"]]})
    PredictionTable(rows, pd.DataFrame({"Comedy": [0.2], "War": [0.8]})).write(PREDICTIONS)


def write_params(seed: int) -> None:
    params = {"seed": seed, "download": {"source": "table", "table": {"path": "films.csv"}}}
    Path("params.yaml").write_text(yaml.safe_dump(params))


def write_lock(trained: str, evaluated: str) -> None:
    """Write a dvc.lock with the md5 of the model that was trained, and of the evaluated one."""
    lock = {
        "train": {"outs": [{"path": "model", "md5": trained}]},
        "evaluate": {
            "deps": [{"path": "model", "md5": evaluated}],
            "outs": [{"path": str(PREDICTIONS.parent), "md5": "e.dir"}],
        },
    }
    Path("dvc.lock").write_text(yaml.safe_dump({"stages": lock}))


@pytest.mark.parametrize("evaluated", ["new", "old"])
def test_the_workspace_s_predictions_are_those_of_its_own_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evaluated: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_predictions("War")
    write_params(3)
    write_lock("new", evaluated)
    if evaluated == "new":
        assert read_result("workspace").params["seed"] == "3"
        PREDICTIONS.unlink()
    with pytest.raises(UserError, match="no predictions of 'workspace'"):
        read_result("workspace")


@pytest.mark.slow
def test_a_git_revision_and_a_dvc_experiment_are_read_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    git = "git", "-c", "user.name=a", "-c", "user.email=a@b"
    call("git", "init", "--quiet")
    call(sys.executable, "-m", "dvc", "init", "--quiet")
    for seed, predicted in enumerate(["War", "Comedy"]):
        write_predictions(predicted)
        write_params(seed)
        write_lock("model", "model")
        call(sys.executable, "-m", "dvc", "add", "--quiet", str(PREDICTIONS.parent))
        call("git", "add", "--all")
        call(*git, "commit", "--quiet", "--message", predicted)
    call("git", "update-ref", f"refs/exps/ab/{'c' * 38}/good", "HEAD~1")
    write_lock("model", "another")
    call(*git, "commit", "--quiet", "--all", "--message", "trained, not evaluated")
    monkeypatch.setattr(results, "from_mlflow", lambda _: None)
    with pytest.raises(UserError, match="no predictions of 'HEAD'"):
        read_result("HEAD")
    PREDICTIONS.unlink()
    assert read_result("good").primary.score() == 1
    assert read_result("good").params["seed"] == "0"
    assert read_result("HEAD~1").primary.score() == 0
    shutil.rmtree(".dvc/cache")  # as `dvc gc` does
    with pytest.raises(UserError, match="no predictions of 'good'"):
        read_result("good")


def test_an_mlflow_run_is_found_by_its_name_and_its_id(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train()
    with TRACKER.evaluation() as tracked:
        write_predictions("War")
        tracked.log_artifacts(PREDICTIONS.parent)
    (run,) = open_store().search()
    for name in (run.info.run_id, run.info.run_name):
        found = read_result(str(name))
        assert found.primary.score() == 1
        assert found.params["seed"] == "7"
        assert found.films.tolist() == ["a"]
    with monkeypatch.context() as patch:
        patch.setattr(Store, "search", lambda store, condition: [])  # never for all runs
        assert read_result(run.info.run_id).primary.score() == 1
    open_store().client.delete_run(run.info.run_id)
    with pytest.raises(UserError, match="no predictions of"):
        read_result(run.info.run_id)


def test_predictions_that_are_no_parquet_file_are_one_message(workspace: Path) -> None:
    PREDICTIONS.parent.mkdir(parents=True)
    PREDICTIONS.write_text("not parquet")
    write_lock("model", "model")
    with pytest.raises(UserError, match=r"'workspace' cannot be read \(.*dvc repro --force"):
        read_result("workspace")


@pytest.mark.parametrize(
    ("recipe", "command"),
    [("{}", "imdb-genres experiments good"), ("{search: {}}", "imdb-genres search good")],
)
def test_a_recipe_without_results_names_the_command_that_runs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipe: str, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for find in ("from_dvc", "from_mlflow"):
        monkeypatch.setattr(results, find, lambda _: None)
    with pytest.raises(UserError, match="no predictions of 'good'"):
        read_result("good")
    Path("experiments.yaml").write_text(f"good: {recipe}")
    with pytest.raises(UserError, match=command):
        read_result("good")
