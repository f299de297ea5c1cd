"""Every training's model is in MLflow, and found by any of its names."""

import shutil
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest

from imdb_genres.errors import UserError
from imdb_genres.inference.predictor import Predictor
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.registry import log_model
from imdb_genres.registry.datasets import find_folds
from imdb_genres.registry.find_model import find_model
from imdb_genres.registry.logged_models import list_models, training_films
from imdb_genres.tracking import spawn
from tests.support.registered_models import evaluate_model, versions
from tests.support.tracked_runs import (
    NOWHERE,
    environment,
    evaluate,
    open_store,
    runs,
    sync,
    train,
    upload_journals,
    write_results,
)


def model_ids() -> list[str]:
    """Return the ids of all models in the store."""
    store = open_store()
    return [model.model_id for run in store.search() for model in list_models(store.client, run)]


def test_a_training_s_model_is_found_by_every_name(workspace: Path) -> None:
    train()
    (run,) = runs()
    (model_id,) = model_ids()
    shutil.move("model", "moved")
    expected = Predictor.load(Path("moved")).predict_proba(["a ghost"])
    run_id, name = run.info.run_id, run.info.run_name
    for form in ("moved", run_id, name, f"runs:/{run_id}/model", f"models:/{model_id}"):
        found = Predictor.load(find_model(form)).predict_proba(["a ghost"])
        assert np.array_equal(found, expected), form


def test_of_several_runs_of_a_name_the_chosen_one_is_reported(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, weights in (("tall-elf", "old"), ("short-elf", "new")):
        with environment(DVC_EXP_NAME=name):
            train(weights=weights)
            evaluate()
    newest, oldest = runs()
    store = open_store()
    store.client.update_run(oldest.info.run_id, name="short-elf")
    capsys.readouterr()
    assert (find_model("short-elf") / "weights").read_text() == "new"
    assert newest.info.run_id in capsys.readouterr().err
    find_model(oldest.info.run_id)
    assert not capsys.readouterr().err


def test_a_repeated_training_has_one_model(workspace: Path) -> None:
    train()
    train()
    evaluate()
    assert len(model_ids()) == 1


def test_the_newest_of_a_run_s_models_counts(workspace: Path) -> None:
    for weights in ("a", "b", "c", "d"):
        train(weights=weights)
    (run,) = runs()
    assert len(model_ids()) == 4
    assert (find_model(run.info.run_id) / "weights").read_text() == "d"


def test_evaluate_logs_the_model_of_a_training_that_nobody_tracked(workspace: Path) -> None:
    write_results()
    evaluate()
    assert len(model_ids()) == 1


def test_a_model_is_kept_while_the_store_is_unreachable(workspace: Path) -> None:
    with environment(MLFLOW_TRACKING_URI=NOWHERE):
        train()
    shutil.rmtree("model")
    sync()
    (run,) = runs()
    assert Predictor.load(find_model(run.info.run_id)).genres[0] == "Comedy"


def test_a_model_whose_upload_failed_is_logged_whole_the_next_time(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(log_model, "add_files", Mock(side_effect=OSError("No space left on device")))
        train()
    assert not model_ids()
    sync()
    (run,) = runs()
    assert find_model(run.info.run_id).exists()


@pytest.mark.parametrize(
    "name",
    [
        "nowhere",
        "it's",
        "models:/imdb-genres@champion",
        "models:/m-1",
        "models:/imdb-genres/7",
        "runs:/1",
        "0" * 32,
        "http://x",
    ],
)
def test_an_unknown_name_is_a_user_error_with_the_accepted_forms(
    workspace: Path, name: str
) -> None:
    with pytest.raises(UserError, match=r"there is no model|MLflow has no model"):
        find_model(name)


def test_an_invalid_store_address_is_a_user_error(workspace: Path) -> None:
    with (
        environment(MLFLOW_TRACKING_URI="nonsense:x"),
        pytest.raises(UserError, match="nonsense:x"),
    ):
        find_model("models:/imdb-genres@champion")


def test_without_a_store_no_store_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="neither a folder nor an MLflow store"):
        find_model("main-1234567")
    assert not list(tmp_path.iterdir())


def test_a_version_has_cards_and_its_model_the_run_s_name_and_scores(workspace: Path) -> None:
    train()
    evaluate_model(0.5)
    (version,) = versions()
    description = version.description or ""
    assert "## Model card" in description and "## Data card" in description
    assert "--env-manager local" in description  # without it, MLflow installs an environment
    (model,) = list_models(open_store().client, runs()[0])
    assert model.name == runs()[0].info.run_name
    measured = {metric.key: metric.value for metric in model.metrics or ()}
    assert measured["expected_balanced_accuracy"] == 0.5
    note = runs()[0].data.tags["mlflow.note.content"]
    assert "expected balanced accuracy 0.500" in note and "promoted" in note


def test_a_model_knows_which_films_trained_it(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(weights="w")
    with pytest.raises(UserError, match="without the list"):
        training_films(runs()[0].info.run_id)
    films = {
        "film": ["a", "a", "b"],
        "title": ["Alien", "Alien", "Heat"],
        "year": [1979, 1979, 1995],
        "fold": ["train", "train", "validation"],
    }
    pd.DataFrame(films).to_parquet("data/balanced.parquet")
    monkeypatch.setattr(spawn, "start_uploader", lambda config: None)
    train(weights="v")
    with atomic_replace(Path("data/balanced.parquet")) as temporary:  # before the upload
        temporary.write_bytes(b"of another training")
    upload_journals()
    path = training_films(runs()[0].info.run_id)
    folds = find_folds(("a", "HEAT (1995)", "Heat (1996)", "d"), path)
    assert folds == {
        "a": ("train", True),
        "HEAT (1995)": ("validation", True),
        "Heat (1996)": None,
        "d": None,
    }


def test_a_training_film_of_unknown_year_matches_its_title_with_any_year(tmp_path: Path) -> None:
    films = {
        "film": ["a", "b", "c"],
        "title": ["Heat", "Ghosts of Mars", "Heat"],
        "year": pd.array([None, None, 1995], "Int16"),
        "fold": ["train", "train", "validation"],
    }
    pd.DataFrame(films).to_parquet(tmp_path / "films.parquet")
    names = ("Ghosts of Mars", "ghosts of mars (2001)", "Heat (1995)", "Heat (1996)", "Nosuch film")
    matches = find_folds(names, tmp_path / "films.parquet")
    assert list(matches.values()) == [
        ("train", True),
        ("train", False),
        ("validation", True),
        ("train", False),
        None,
    ]
