"""The champion is the model that a paired test on the same films found better, and nothing else."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from mlflow.entities.model_registry import ModelVersion
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from imdb_genres.hashing import dvc_md5
from imdb_genres.registry import promotion
from imdb_genres.registry.champion import registered_models
from imdb_genres.registry.find_model import REGISTERED_MODEL, find_model
from imdb_genres.registry.logged_models import list_models
from tests.support.registered_models import (
    champion,
    evaluate_model,
    register_model,
    train_another,
    versions,
    write_predictions,
)
from tests.support.tracked_runs import (
    NOWHERE,
    commit,
    curve,
    environment,
    open_store,
    run_untracked,
    runs,
    sync,
    train,
    write_lock,
    write_results,
)

pytestmark = pytest.mark.slow  # together they take minutes


@pytest.fixture
def first(workspace: Path) -> Path:
    """A workspace whose only model is the champion."""
    assert "version 1 of the model imdb-genres, promoted" in register_model(0.4)
    return workspace


def test_a_model_is_registered_from_a_temporary_workspace_of_dvc(
    workspace: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path_factory.mktemp("dvc") / "temporary"
    shutil.copytree(workspace, temporary, ignore=shutil.ignore_patterns(".dvc", "mlflow.db"))
    monkeypatch.setenv("DVC_ROOT", str(workspace))
    monkeypatch.chdir(temporary)
    assert "version 1 of the model imdb-genres" in register_model(0.4)
    assert not Path("mlflow.db").exists()


def test_the_first_model_is_the_champion_and_stays_it_when_evaluated_again(first: Path) -> None:
    assert "there was no champion" in versions()[0].tags["reason"]
    assert "it is the champion already" in str(evaluate_model(0.4))
    (version,) = versions()
    assert champion() == "1"
    assert version.tags["decision"] == "champion"
    assert version.tags["dvc.model_md5"] == runs()[0].data.tags["dvc.model_md5"]
    assert 0.4 < float(version.tags["expected_balanced_accuracy"]) < 0.8


BETTER = "The new model is better than the champion, version 1 (+0."
EQUAL = "No significant difference between the new model and the champion, version 1"
WORSE = "The new model is worse than the champion, version 1"
OTHER_FILMS = "on different films (200 and 200, 0 in common)"


@pytest.mark.parametrize(
    ("skill", "seed", "decision", "reason", "winner"),
    [
        (0.8, 1, "promoted", BETTER, "2"),
        (0.42, 1, "kept", EQUAL, "1"),
        (0.1, 1, "kept", WORSE, "1"),
        (0.9, 2, "not compared", OTHER_FILMS, "1"),
    ],
)
def test_only_a_model_that_a_paired_test_finds_better_becomes_champion(
    first: Path, skill: float, seed: int, decision: str, reason: str, winner: str
) -> None:
    assert reason in register_model(skill, "v", seed)
    old, new = versions()
    assert new.tags["decision"] == decision and reason in new.tags["reason"]
    assert (old.tags["test_films"] == new.tags["test_films"]) == (seed == 1)
    assert champion() == winner


def test_two_models_of_one_run_are_distinguished(workspace: Path) -> None:
    for weights, skill in (("w", 0.4), ("v", 0.8)):
        train(weights=weights)  # with the same history
        evaluate_model(skill)
    assert len(runs()) == 1
    assert versions()[1].tags["decision"] == "promoted"


def test_the_same_model_in_another_run_needs_no_test(first: Path) -> None:
    with environment(DVC_EXP_NAME="tall-elf"):
        reason = register_model(0.4)
    assert "the same model as the champion, version 1, to the byte" in reason
    assert champion() == "1" and len(versions()) == 2


def champions_predictions() -> Path:
    return find_model("models:/imdb-genres/1").parent.parent / "predictions.parquet"


def delete_model(version: ModelVersion) -> None:
    open_store().client.delete_logged_model(str(version.source).removeprefix("models:/"))


LOST = "has no predictions"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda: champions_predictions().write_bytes(b"PAR1"), LOST),
        (lambda: pd.DataFrame({"a": [1]}).to_parquet(champions_predictions()), LOST),
        (
            lambda: shutil.copy(write_predictions(0.4, films=150), champions_predictions()),
            "different films (150 and 200, 150 in common)",
        ),
        (lambda: shutil.rmtree(champions_predictions().parent), LOST),
        (lambda: delete_model(versions()[0]), LOST),
    ],
    ids=["torn", "columns", "films", "files", "model"],
)
def test_an_incomparable_champion_is_not_beaten_silently(
    first: Path, change: Callable[[], object], reason: str
) -> None:
    change()
    outcome = register_model(0.9, "v")
    assert reason in outcome and "docs/glossary.md" in outcome
    assert versions()[1].tags["decision"] == "not compared"
    assert champion() == "1"
    assert [uri for uri, _ in registered_models()] == [
        f"models:/{REGISTERED_MODEL}/{n}" for n in (1, 2)
    ]


def test_a_champion_that_somebody_registered_by_hand_is_not_beaten_silently(first: Path) -> None:
    client = open_store().client
    by_hand = client.create_model_version(REGISTERED_MODEL, (first / "model").as_uri())
    client.set_registered_model_alias(REGISTERED_MODEL, "champion", by_hand.version)
    assert f"the champion, version 2, {LOST} to compare" in register_model(0.9, "v")
    assert champion() == "2"
    assert registered_models()[0][1] == "champion: version 2, no run, not evaluated"


def test_a_champion_s_deleted_model_is_replaced_by_the_same_one(first: Path) -> None:
    delete_model(versions()[0])
    assert "the same model as the champion, version 1" in str(evaluate_model(0.4))
    assert champion() == "2"
    assert find_model("models:/imdb-genres@champion").exists()


def test_after_the_registered_model_was_deleted_a_new_one_is_made(first: Path) -> None:
    open_store().client.delete_registered_model(REGISTERED_MODEL)
    assert "version 1 of the model imdb-genres, promoted" in register_model(0.1, "v")


def test_models_of_runs_that_are_gone_are_still_listed(first: Path) -> None:
    (run,) = runs()
    store = SqlAlchemyStore(f"sqlite:///{first}/mlflow.db", "")  # type: ignore[no-untyped-call]
    store.delete_run(run.info.run_id)  # type: ignore[no-untyped-call]
    store._hard_delete_run(run.info.run_id)  # type: ignore[no-untyped-call]
    assert registered_models()[0][1].startswith("champion: version 1, no run, 0.")


def test_of_two_that_register_concurrently_the_better_one_is_champion(workspace: Path) -> None:
    trained, journals = [], []
    for name, skill in {"poor": 0.3, "good": 0.8}.items():
        with environment(DVC_EXP_NAME=name):
            train_another(name)
        trained.append(runs()[0])
        journals.append(journal := Path(name))
        (journal / "artifacts").mkdir(parents=True)
        write_predictions(skill).parent.rename(journal / "artifacts" / "evaluation")
    register = partial(promotion.register_evaluated, open_store().client)
    with ThreadPoolExecutor() as threads:
        decisions = list(threads.map(register, trained, journals))
    assert sum("there was no champion" in str(decision) for decision in decisions) == 1
    title = registered_models()[0][1]
    assert title.startswith("champion: ") and ", good, " in title


def test_a_model_that_could_not_be_registered_is_registered_later(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train()
    with monkeypatch.context() as broken:
        broken.setattr(promotion, "register", lambda *_: 1 / 0)
        assert evaluate_model(0.4) is None
    shutil.rmtree("data/evaluation")
    sync()
    assert champion() == "1"


def test_a_model_is_registered_when_the_store_is_back(workspace: Path) -> None:
    with environment(MLFLOW_TRACKING_URI=NOWHERE):
        train()
        assert evaluate_model(0.4) is None
    shutil.rmtree("data/evaluation")
    sync()
    assert champion() == "1"


def test_a_default_result_from_dvc_s_cache_competes_with_the_first_experiment(
    workspace: Path,
) -> None:
    run_untracked()
    keep_evaluation_in_cache(0.8)
    with environment(DVC_EXP_NAME="tall-elf"):
        assert "worse than the champion" in register_model(0.1, "v")
    assert champion() == "1"
    assert registered_models()[0][1].startswith("champion: version 1, main-")


def test_a_run_whose_evaluation_came_from_dvc_s_cache_is_registered_by_sync(
    workspace: Path,
) -> None:
    train()
    Path("metrics/scores.json").write_text('{"accuracy": 0.6}')
    keep_evaluation_in_cache(0.8)
    assert sync() == {"completed": 1}
    (run,) = runs()
    assert curve(run, "accuracy") == [(0, 0.6)]  # once, though commit and workspace have it
    assert "promoted" in run.data.tags["verdict"]
    assert "promoted" in run.data.tags["mlflow.note.content"]


def test_a_model_that_was_not_evaluated_gets_no_other_model_s_predictions(workspace: Path) -> None:
    run_untracked()
    keep_evaluation_in_cache(0.8)
    evaluated = dvc_md5(Path("model"))
    write_results(weights="v")
    write_lock(evaluated)  # as `dvc repro train` does
    keep_in_cache(Path("model"))
    assert sync() == {"added": 2}
    assert len(versions()) == 1
    client = open_store().client
    (run,) = (run for run in runs() if run.data.tags["dvc.model_md5"] != evaluated)
    assert "verdict" not in run.data.tags and "accuracy" not in run.data.metrics
    assert list_models(client, run) and not client.list_artifacts(run.info.run_id)
    (workspace / ".dvc/tmp/synced").unlink()
    assert not sync()


def keep_evaluation_in_cache(skill: float) -> None:
    """Commit the workspace with an evaluation that DVC's cache holds."""
    write_predictions(skill)
    write_lock()
    for path in ("model", "data/evaluation"):
        keep_in_cache(Path(path))
    commit()


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
