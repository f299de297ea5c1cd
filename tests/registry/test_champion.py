"""The champion is the model that a paired test on the same films found better, and nothing else."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow.entities.model_registry import ModelVersion
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from imdb_genres.errors import UserError
from imdb_genres.hashing import dvc_md5
from imdb_genres.registry import promotion, tracker
from imdb_genres.registry.champion import REGISTERED_MODEL, registered_models
from imdb_genres.registry.datasets import find_fold
from imdb_genres.registry.find_model import find_model
from imdb_genres.registry.logged_models import list_models, training_films
from tests.support.tracked_runs import (
    ROWS,
    commit,
    open_store,
    runs,
    sync,
    train,
    write_lock,
    write_results,
)

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
    with tracker.evaluation() as run:
        predictions = write_predictions(skill, seed)
        run.log_artifacts(predictions.parent)
    return run.outcome


def train_another(weights: str) -> None:
    train([row | {"loss/train": row["loss/train"] + len(weights)} for row in ROWS], weights)


def versions() -> list[ModelVersion]:
    """Return the versions of the registered model, the first one first."""
    found = open_store().client.search_model_versions(f"name = '{REGISTERED_MODEL}'")
    return sorted(found, key=lambda version: int(version.version))


def champion() -> str:
    found: str = (
        open_store().client.get_model_version_by_alias(REGISTERED_MODEL, "champion").version
    )
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
    assert "version 1 of the model imdb-genres, promoted: there was no champion" in str(
        evaluate(0.4)
    )
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
        (
            0.42,
            "kept",
            "No significant difference between this one and the champion, version 1",
            "1",
        ),
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
    assert "on different films (200 and 200, 0 in common)" in versions()[1].tags["reason"]
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


def champions_predictions() -> Path:
    return find_model("models:/imdb-genres/1").parent.parent / "predictions.parquet"


def delete_model(version: ModelVersion) -> None:
    open_store().client.delete_logged_model(str(version.source).removeprefix("models:/"))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda: champions_predictions().unlink(), "has no predictions"),
        (lambda: champions_predictions().write_bytes(b"PAR1"), "has no predictions"),
        (
            lambda: pd.DataFrame({"a": [1]}).to_parquet(champions_predictions()),
            "has no predictions",
        ),
        (
            lambda: shutil.copy(write_predictions(0.4, films=150), champions_predictions()),
            "different films (150 and 200, 150 in common)",
        ),
        (lambda: shutil.rmtree(champions_predictions().parent), "has no predictions"),
        (lambda: delete_model(versions()[0]), "has no predictions"),
    ],
)
def test_a_damaged_champion_is_not_beaten_silently(
    workspace: Path, damage: Callable[[], object], reason: str
) -> None:
    train()
    evaluate(0.4)
    damage()
    train_another("v")
    assert reason in str(evaluate(0.9))
    assert versions()[1].tags["decision"] == "not compared"
    assert champion() == "1"
    assert [uri for uri, _ in registered_models()] == [
        f"models:/{REGISTERED_MODEL}/{n}" for n in (1, 2)
    ]


def test_a_champion_that_somebody_registered_by_hand_is_not_beaten_silently(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train()
    evaluate(0.4)
    client = open_store().client
    by_hand = client.create_model_version(REGISTERED_MODEL, (workspace / "model").as_uri())
    client.set_registered_model_alias(REGISTERED_MODEL, "champion", by_hand.version)
    train_another("v")
    assert "the champion, version 2, has no predictions to compare" in str(evaluate(0.9))
    assert champion() == "2"
    assert registered_models()[0][1] == "champion: version 2, no run, not evaluated"


def test_a_champion_s_deleted_model_is_replaced_by_the_same_one(workspace: Path) -> None:
    train()
    evaluate(0.4)
    delete_model(versions()[0])
    assert "the same model as the champion, version 1" in str(evaluate(0.4))
    assert champion() == "2"
    assert find_model("models:/imdb-genres@champion").exists()


def test_after_the_registered_model_was_deleted_a_new_one_is_made(workspace: Path) -> None:
    train()
    evaluate(0.8)
    open_store().client.delete_registered_model(REGISTERED_MODEL)
    train_another("v")
    assert "version 1 of the model imdb-genres, promoted" in str(evaluate(0.4))


def test_models_of_runs_that_are_gone_are_still_listed(workspace: Path) -> None:
    train()
    evaluate(0.4)
    (run,) = runs()
    store = SqlAlchemyStore(f"sqlite:///{workspace}/mlflow.db", "")  # type: ignore[no-untyped-call]
    store.delete_run(run.info.run_id)  # type: ignore[no-untyped-call]
    store._hard_delete_run(run.info.run_id)  # type: ignore[no-untyped-call]
    assert registered_models()[0][1].startswith("champion: version 1, no run, 0.")


def test_of_two_that_register_at_once_the_better_one_is_champion(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {}
    for name, skill in {"poor": 0.3, "good": 0.8}.items():
        monkeypatch.setenv("DVC_EXP_NAME", name)
        train_another(name)
        made = write_predictions(skill)
        files[runs()[0].info.run_id] = Path(f"data/{name}") / made.name
        made.parent.rename(f"data/{name}")
    store = open_store()
    with ThreadPoolExecutor() as threads:
        said = list(threads.map(partial(promotion.register, store.client), files, files.values()))
    assert sum("there was no champion" in sentence for sentence in said) == 1
    title = registered_models()[0][1]
    assert title.startswith("champion: ") and ", good, " in title


def test_a_model_that_could_not_be_registered_is_registered_later(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train()
    with monkeypatch.context() as patch:
        patch.setattr(promotion, "register", lambda *_: 1 / 0)
        assert evaluate(0.4) is None
    shutil.rmtree("data/evaluation")
    sync()
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


def test_a_default_result_from_dvc_s_cache_competes_with_the_first_experiment(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TRACKING", "off")
        train()
        write_predictions(0.8)
        Path("metrics/scores.json").write_text('{"accuracy": 0.6}')
    write_lock()
    for path in ("model", "data/evaluation"):
        keep_in_cache(Path(path))
    commit()
    monkeypatch.setenv("DVC_EXP_NAME", "tall-elf")
    train_another("v")
    assert "worse than the champion" in str(evaluate(0.1))
    assert champion() == "1"
    assert registered_models()[0][1].startswith("champion: version 1, main-")


def keep_in_cache(folder: Path) -> None:
    """Copy a folder into DVC's cache, as `dvc repro` does."""
    cache = Path(".dvc/cache/files/md5")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    listing = json.dumps(
        [{"md5": dvc_md5(path), "relpath": path.relative_to(folder).as_posix()} for path in files]
    )
    contents = {dvc_md5(path): path.read_bytes() for path in files}
    for md5, content in {**contents, dvc_md5(folder): listing.encode()}.items():
        target = cache / md5[:2] / md5[2:]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def test_a_version_has_cards_and_its_model_the_run_s_name_and_scores(workspace: Path) -> None:
    train()
    with tracker.evaluation() as run:
        run.log_scores({"expected_balanced_accuracy": 0.5})
        run.log_artifacts(write_predictions(0.4).parent)
    (version,) = versions()
    description = version.description or ""
    assert "## Model card" in description and "## Data card" in description
    (model,) = list_models(open_store().client, runs()[0].info.run_id)
    assert model.name == runs()[0].info.run_name
    assert {metric.key: metric.value for metric in model.metrics or ()}[
        "expected_balanced_accuracy"
    ] == 0.5
    note = runs()[0].data.tags["mlflow.note.content"]
    assert "expected balanced accuracy 0.500" in note and "promoted" in note


def test_a_run_says_what_it_changed(workspace: Path) -> None:
    params = Path("params.yaml")
    params.write_text(params.read_text().replace("threads: 1", "threads: 2"))
    train()
    (run,) = runs()
    assert run.data.tags["changed"] == "train.threads=2"
    assert "train.threads=2" in run.data.tags["mlflow.note.content"]


def test_a_description_that_the_user_wrote_is_kept(workspace: Path) -> None:
    train()
    open_store().client.set_tag(runs()[0].info.run_id, "mlflow.note.content", "mine")
    evaluate(0.4)
    assert runs()[0].data.tags["mlflow.note.content"] == "mine"


def test_a_model_tells_which_films_trained_it(workspace: Path) -> None:
    films = {
        "film": ["a", "a", "b"],
        "title": ["Alien", "Alien", "Heat"],
        "year": [1979, 1979, 1995],
        "fold": ["train", "train", "validation"],
    }
    pd.DataFrame(films).to_parquet("data/balanced.parquet")
    train()
    path = training_films(runs()[0].info.run_id)
    assert [find_fold(film, path) for film in ("a", "HEAT (1995)", "Heat (1996)", "d")] == [
        "train",
        "validation",
        None,
        None,
    ]


def test_a_model_without_a_list_of_films_says_so(workspace: Path) -> None:
    train()
    with pytest.raises(UserError, match="without the list"):
        training_films(runs()[0].info.run_id)
