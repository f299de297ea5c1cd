"""The champion is the model that a paired test on the same films found better, and nothing else."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow.entities.model_registry import ModelVersion

from stages import tracking
from stages.predict.find import find_model
from stages.sync import sync
from stages.tracking.registry import TITLE
from stages.tracking.store import open_store
from tests.tracked import ROWS, runs, train, write_results

GENRES = ["Comedy", "Horror", "Western"]


def write_predictions(skill: float, seed: int = 1, films: int = 200) -> Path:
    """Write the predictions of a model that names a film's genre with probability ``skill``."""
    truth = np.random.default_rng(seed)
    label = truth.integers(3, size=films)
    luck = np.random.default_rng(5)
    named = np.where(luck.random(films) < skill, label, luck.integers(3, size=films))
    names = np.array(GENRES)
    frame = pd.DataFrame(
        {
            "film": [f"film {seed} {number}" for number in range(films)],
            "label": names[label],
            "labels": [[name] for name in names[label]],
            "named": names[named],
            "listed": [[name] for name in names[named]],
        }
    )
    path = Path("data/evaluation/predictions.parquet")
    path.parent.mkdir(exist_ok=True)
    frame.assign(**dict.fromkeys(GENRES, 0.3)).to_parquet(path)
    return path


def evaluate(skill: float, seed: int = 1) -> str | None:
    """What evaluate does with a model of that ``skill`` on the films of ``seed``."""
    with tracking.evaluation() as run:
        predictions = write_predictions(skill, seed)
        run.log_artifacts(predictions.parent)
        return run.register(predictions)


def train_another(weights: str) -> None:
    train([row | {"loss/train": row["loss/train"] + len(weights)} for row in ROWS], weights)


def versions() -> list[ModelVersion]:
    """Return the versions of the registered model, the first one first."""
    found = open_store().client.search_model_versions(f"name = '{TITLE}'")
    return sorted(found, key=lambda version: int(version.version))


def champion() -> str:
    found: str = open_store().client.get_model_version_by_alias(TITLE, "champion").version
    return str(found)


def test_a_model_is_registered_from_a_temporary_workspace_of_dvc(
    workspace: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path_factory.mktemp("dvc") / "temporary"
    shutil.copytree(workspace, temporary, ignore=shutil.ignore_patterns(".dvc", "mlflow.db"))
    monkeypatch.setenv("DVC_ROOT", str(workspace))
    monkeypatch.chdir(temporary)
    train()
    assert "version 1 of the model imdb-genres" in str(evaluate(0.4))
    assert not Path("mlflow.db").exists()


def test_the_first_model_is_the_champion_and_stays_it_when_evaluated_again(
    workspace: Path,
) -> None:
    train()
    assert "version 1 of the model imdb-genres, promoted: it is the first" in str(evaluate(0.4))
    assert "it is the champion already" in str(evaluate(0.4))
    (version,) = versions()
    assert champion() == "1"
    assert version.tags["decision"] == "champion"
    assert version.tags["dvc.model_md5"] == runs()[0].data.tags["dvc.model_md5"]
    assert 0.4 < float(version.tags["expected_balanced_accuracy"]) < 0.8


@pytest.mark.parametrize(
    ("skill", "decision", "reason", "winner"),
    [
        (0.8, "promoted", "This one is better than the champion, version 1 (+0.", "2"),
        (0.42, "kept", "do not tell this one from the champion, version 1", "1"),
        (0.1, "kept", "This one is worse than the champion, version 1", "1"),
    ],
)
def test_only_a_model_that_a_paired_test_finds_better_becomes_champion(
    workspace: Path, skill: float, decision: str, reason: str, winner: str
) -> None:
    train()
    evaluate(0.4)
    train_another("v")
    said = evaluate(skill)
    assert said and reason in said
    assert versions()[1].tags["decision"] == decision and reason in versions()[1].tags["reason"]
    assert champion() == winner


def test_two_models_of_one_run_are_told_apart(workspace: Path) -> None:
    train(weights="w")
    evaluate(0.4)
    train(weights="v")  # with the same history
    evaluate(0.8)
    assert len(runs()) == 1
    assert versions()[1].tags["decision"] == "promoted"


def test_models_tested_on_other_films_are_not_compared(workspace: Path) -> None:
    train()
    evaluate(0.4)
    train_another("v")
    evaluate(0.9, seed=2)
    assert versions()[1].tags["decision"] == "not compared"
    assert "tested on other films" in versions()[1].tags["reason"]
    assert versions()[0].tags["test_films"] != versions()[1].tags["test_films"]
    assert champion() == "1"


def test_the_same_model_in_another_run_needs_no_test(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train()
    evaluate(0.4)
    monkeypatch.setenv("DVC_EXP_NAME", "tall-elf")
    train()
    evaluate(0.4)
    assert "the same model as the champion, version 1, to the byte" in versions()[1].tags["reason"]
    assert champion() == "1"


def test_a_champion_without_predictions_is_not_beaten_silently(workspace: Path) -> None:
    train()
    evaluate(0.4)
    (find_model("models:/imdb-genres/1").parent.parent / "predictions.parquet").unlink()
    train_another("v")
    evaluate(0.9)
    assert "has lost its predictions" in versions()[1].tags["reason"]
    assert champion() == "1"


def test_a_model_is_registered_when_the_store_is_back(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_results()
    with monkeypatch.context() as away:
        away.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
        assert evaluate(0.4) is None
    shutil.rmtree("data/evaluation")
    sync()
    assert champion() == "1"
