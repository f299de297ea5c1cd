"""Results that were not tracked are added to MLflow, once."""

import time
from pathlib import Path
from unittest.mock import Mock

import pytest

from imdb_genres.registry.tracker import TRACKER
from imdb_genres.tracking import sync as synchronising
from tests.support.tracked_runs import (
    CURVE,
    NOWHERE,
    ROWS,
    commit,
    curve,
    environment,
    evaluate,
    git,
    keep_experiment,
    open_store,
    run_untracked,
    runs,
    sync,
    train,
    write_lock,
)

pytestmark = pytest.mark.slow  # together they take minutes


def test_an_experiment_that_nobody_tracked_is_added_once(workspace: Path) -> None:
    baseline = git("rev-parse", "HEAD")
    run_untracked()
    result = keep_experiment("tall-elf")
    assert sync() == {"added": 1}
    assert not sync().total()
    (run,) = runs()
    assert (run.info.run_name, run.info.status) == ("tall-elf", "FINISHED")
    assert curve(run) == CURVE and run.data.metrics["accuracy"] == 0.6
    assert run.data.params["train.units"] == "[4, 2]"
    assert run.data.tags["restore"] == "dvc exp apply tall-elf"
    assert run.data.tags["dvc.exp_baseline_rev"] == baseline
    assert run.data.tags["mlflow.source.git.commit"] == result
    names = [file.path for file in open_store().client.list_artifacts(run.info.run_id, "metrics")]
    assert names == ["metrics/history.csv", "metrics/scores.json"]


def test_what_was_tracked_is_not_added_again(workspace: Path) -> None:
    with environment(DVC_EXP_NAME="tall-elf"):
        train()
        evaluate()
    write_lock()
    keep_experiment("tall-elf")
    assert not sync().total()
    assert len(runs()) == 1


def test_the_same_result_under_two_names_is_two_runs(workspace: Path) -> None:
    run_untracked()
    keep_experiment("tall-elf")
    run_untracked()
    keep_experiment("small-elf")
    assert sync() == {"added": 2}
    assert {run.info.run_name for run in runs()} == {"tall-elf", "small-elf"}


def test_a_workspace_that_is_committed_is_restored_from_its_commit(workspace: Path) -> None:
    train()
    evaluate()
    assert runs()[0].data.tags["restore"].endswith("dvc repro")
    write_lock()
    assert not sync()["added"]
    rev = commit()
    sync()
    (run,) = runs()
    assert run.data.tags["restore"] == f"git checkout {rev[:10]} && dvc checkout"


def test_scores_of_an_earlier_model_are_passed_over(workspace: Path) -> None:
    run_untracked()
    write_lock()
    Path("metrics/scores.json").write_text('{"accuracy": 0.9}')  # not that of dvc.lock
    sync()
    assert "accuracy" not in runs()[0].data.metrics


def test_results_that_dvc_is_replacing_stop_no_synchronisation(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_untracked()
    write_lock()
    monkeypatch.setattr(synchronising, "dvc_md5", Mock(side_effect=FileNotFoundError))
    assert sync() == {"added": 1}


def test_a_run_that_was_deleted_stays_deleted(workspace: Path) -> None:
    run_untracked()
    keep_experiment("tall-elf")
    sync()
    open_store().client.delete_run(runs()[0].info.run_id)
    (workspace / ".dvc/tmp/synced").unlink()
    assert not sync().total()


def test_a_run_that_the_user_renamed_keeps_its_name_and_is_not_added_again(
    workspace: Path,
) -> None:
    with environment(DVC_EXP_NAME="tall-elf"):
        train()
        open_store().client.update_run(runs()[0].info.run_id, name="the good one")
        train(weights="v")  # again
        evaluate()
    keep_experiment("tall-elf")
    assert not sync().total()
    assert [run.info.run_name for run in runs()] == ["the good one"]


@pytest.mark.parametrize(
    "address",
    [NOWHERE, "sqlite:///data"],  # a folder
    ids=["server", "database"],
)
def test_an_unreachable_store_costs_one_message(
    workspace: Path,
    capsys: pytest.CaptureFixture[str],
    address: str,
) -> None:
    with environment(MLFLOW_TRACKING_URI=address):
        begin = time.monotonic()
        train()
        assert time.monotonic() - begin < 15
        evaluate()  # the first stage that waits for the store
        assert capsys.readouterr().err.count("\n") == 1
    write_lock()
    assert sync() == {"uploaded": 2}
    (run,) = runs()
    assert run.info.status == "FINISHED"
    assert curve(run) == CURVE and run.data.metrics["accuracy"] == 0.6
    assert run.data.params["train.units"] == "[4, 2]"
    assert open_store().client.list_artifacts(run.info.run_id, "metrics")


def test_a_run_that_is_kept_and_killed_is_uploaded_as_killed(workspace: Path) -> None:
    away, interrupted = environment(MLFLOW_TRACKING_URI=NOWHERE), pytest.raises(KeyboardInterrupt)
    with away, interrupted, TRACKER.training() as run:
        run.log_epoch(ROWS[0])
        raise KeyboardInterrupt
    sync()
    (killed,) = runs()
    assert killed.info.status == "KILLED" and "KeyboardInterrupt" in killed.data.tags["error"]
    train()
    (finished,) = runs()
    assert curve(finished) == CURVE
