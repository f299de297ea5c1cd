"""A search's trial log is written to MLflow as soon as the store can be reached."""

import shutil
from pathlib import Path

import pytest

from imdb_genres.registry.tracker import opened_store
from imdb_genres.search.tracked_trials import PARENT, SCORE, TRIAL, track_trials
from imdb_genres.search.trial_result import TrialResult

HISTORY = [{"epoch": n, "loss/validation": 1 / n} for n in (1, 2)]
RESULTS = [
    TrialResult(0, {"train.units": [8]}, 0.4, HISTORY, 1.5, 1_700_000_001_500),
    TrialResult(1, {"train.units": []}, 0.5, HISTORY, 1.0, 1_700_000_003_000),
    TrialResult(2, {"train.units": []}, 0.0, [], 1.0, 1_700_000_004_000, "the loss is nan"),
]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKING")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".dvc").mkdir()
    shutil.copyfile(database, "mlflow.db")


def test_trials_are_children_of_one_run_and_are_written_once() -> None:
    for count in (2, 3, 3):
        assert track_trials("best-searched", "key", RESULTS[:count], finished=count == 3)
    with opened_store() as store:
        runs = {run.info.run_name: run for run in store.search()}
        parent = runs.pop("best-searched (search)")
        assert parent.info.status == "FINISHED" and len(runs) == 3
        for number, result in enumerate(RESULTS):
            run = runs[f"best-searched trial {number}"]
            assert run.data.tags[PARENT] == parent.info.run_id
            assert run.data.tags[TRIAL] == str(number)
            assert run.info.end_time - run.info.start_time == int(result.seconds * 1000)
        assert runs["best-searched trial 1"].data.metrics[SCORE] == 0.5
        assert runs["best-searched trial 1"].data.params == {"train.units": "[]"}
        failed = runs["best-searched trial 2"]
        assert failed.info.status == "FAILED" and SCORE not in failed.data.metrics
        assert failed.data.tags["error"] == "the loss is nan"
        curve = store.client.get_metric_history(
            runs["best-searched trial 0"].info.run_id, "loss/validation"
        )
        assert [point.value for point in curve] == [1.0, 0.5]
        note = parent.data.tags["mlflow.note.content"]
        assert "compare-runs" in note and "trial 1" in note and parent.info.run_id not in note


def test_a_store_that_cannot_be_used_costs_no_trial(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert not track_trials("best-searched", "key", RESULTS, finished=True)
    assert "later" in capsys.readouterr().err
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert track_trials("best-searched", "key", RESULTS, finished=True)
    with opened_store() as store:
        assert len(store.search()) == 4


def test_without_tracking_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKING", "off")
    assert track_trials("best-searched", "key", RESULTS, finished=True)
    monkeypatch.delenv("TRACKING")
    with opened_store() as store:
        assert store.search() == []
