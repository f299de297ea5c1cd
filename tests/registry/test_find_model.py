"""The best model is the champion, found without MLflow's import; else the workspace's."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from mlflow import MlflowClient

from imdb_genres.errors import UserError
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.registry.find_model import find_best_model, find_model, find_models
from imdb_genres.tracking.address import tracking_uri
from tests.support.model_folders import make_model
from tests.support.params import PARAMS
from tests.support.registered_models import register_model
from tests.support.tracked_runs import enter_workspace


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Path:
    """A workspace with two registered models, the second the champion."""
    folder = tmp_path_factory.mktemp("registered")
    with pytest.MonkeyPatch.context() as patch:
        enter_workspace(folder, database, patch)
        for weights, skill in (("first", 0.4), ("second", 0.8)):
            register_model(skill, weights)
    return folder


@pytest.fixture
def champion(registered: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The champion's folder, from inside that workspace with a model of its own."""
    monkeypatch.chdir(registered)
    shutil.rmtree("model", ignore_errors=True)
    make_model(Path("model"))
    return find_model("models:/imdb-genres@champion")


def test_the_champion_goes_before_the_workspaces_model(champion: Path) -> None:
    best, local = find_models()
    assert best.folder == champion and best.name == "models:/imdb-genres/2"
    assert find_model(best.name) == champion and "version 2" in best.title
    assert local.name == "model" and find_model("workspace") == local.folder
    shutil.rmtree("model")
    assert [model.name for model in find_models()] == ["models:/imdb-genres/2"]


def test_a_workspace_trained_for_other_genres_goes_before_the_champion(champion: Path) -> None:
    path = Path("model/model.json")
    path.write_text(path.read_text().replace("Western", "Musical"))
    assert [model.name for model in find_models()] == ["model", "models:/imdb-genres/2"]


def test_a_champion_that_lost_its_files_is_not_the_best(champion: Path, tmp_path: Path) -> None:
    shutil.move(champion, tmp_path / "away")
    assert find_best_model().name == "model"
    shutil.move(tmp_path / "away", champion)


def test_a_champion_s_score_may_be_any_text(champion: Path) -> None:
    client = MlflowClient(tracking_uri())
    for score, shown in (("good", "score good"), ("0.51239", "score 0.512")):
        client.set_model_version_tag("imdb-genres", "2", PRIMARY_METRIC, score)
        assert shown in find_best_model().title


def test_tables_of_another_mlflow_are_left_to_mlflow(
    champion: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imdb_genres.registry.find_model.CHAMPION_QUERY", "SELECT ? ? FROM nothing")
    assert find_best_model().folder == champion


def test_mlflow_is_not_imported_for_a_local_champion(champion: Path) -> None:
    code = (
        "import json, sys; from imdb_genres.registry.find_model import find_best_model;"
        "print(json.dumps([find_best_model().name, 'mlflow' in sys.modules]))"
    )
    command = [sys.executable, "-c", code]
    environment = {"PYTHONPATH": str(PARAMS.parent)}
    found = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert json.loads(found.stdout) == ["models:/imdb-genres/2", False]


def test_without_a_store_it_is_the_workspaces_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="make repro"):
        find_best_model()
    make_model(Path("model"))
    with closing(sqlite3.connect("mlflow.db")):  # an empty file
        pass
    assert find_best_model().name == "model"
    assert not Path("mlruns").exists()
