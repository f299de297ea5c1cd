"""Every training's model is in MLflow, and found by whatever name a user has for it."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from imdb_genres.errors import UserError
from imdb_genres.inference.predictor import Predictor
from imdb_genres.registry.find_model import find_model
from imdb_genres.registry.logged_models import list_models
from tests.support.tracked_runs import evaluate, open_store, runs, sync, train, write_results


def model_ids() -> list[str]:
    """Return the ids of all models in the store."""
    store = open_store()
    return [
        model.model_id
        for run in store.search()
        for model in list_models(store.client, run.info.run_id)
    ]


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


def test_a_repeated_training_has_one_model(workspace: Path) -> None:
    train()
    train()
    evaluate()
    assert len(model_ids()) == 1


def test_of_a_run_s_models_the_newest_counts(workspace: Path) -> None:
    for weights in ("a", "b", "c", "d"):
        train(weights=weights)
    (run,) = runs()
    assert len(model_ids()) == 4
    assert (find_model(run.info.run_id) / "weights").read_text() == "d"


def test_evaluate_logs_the_model_of_a_training_that_nobody_tracked(workspace: Path) -> None:
    write_results()
    evaluate()
    assert len(model_ids()) == 1


def test_a_model_is_kept_while_the_store_is_away(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
        train()
    shutil.rmtree("model")
    sync()
    (run,) = runs()
    assert Predictor.load(find_model(run.info.run_id)).genres[0] == "Comedy"


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
def test_an_unknown_name_is_told_in_a_sentence_with_the_known_forms(
    workspace: Path, name: str
) -> None:
    with pytest.raises(UserError, match=r"there is no model|MLflow has no model"):
        find_model(name)


def test_an_address_of_no_store_is_told_in_a_sentence(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "nonsense:x")
    with pytest.raises(UserError, match="nonsense:x"):
        find_model("models:/imdb-genres@champion")


def test_without_a_store_no_store_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="neither a folder nor an MLflow store"):
        find_model("main-1234567")
    assert not list(tmp_path.iterdir())
