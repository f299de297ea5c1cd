"""Who waits for the uploader, and who is told its errors."""

from pathlib import Path
from unittest.mock import Mock

import pytest

from imdb_genres.registry.tracker import CONFIG, TRACKER
from imdb_genres.tracking import spawn, tracker, uploader
from imdb_genres.tracking.config import TrackingConfig
from imdb_genres.tracking.journal import Journal
from tests.support.tracked_runs import (
    environment,
    evaluate,
    runs,
    train,
    upload_journals,
    write_results,
)

pytestmark = pytest.mark.usefixtures("journals_stay")


def test_evaluate_waits_for_the_store_and_a_training_only_if_it_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited = []

    def wait(config: TrackingConfig, journal: Journal) -> dict[str, str]:
        record = journal.read()
        waited.append(record.status if record else None)
        return {}

    monkeypatch.setattr(spawn, "wait_for_upload", wait)
    train()
    assert waited == []
    evaluate()
    with environment(DVC_EXP_NAME="tall-elf"), pytest.raises(OSError), TRACKER.training():
        raise OSError
    assert waited == ["FINISHED", "FAILED"]
    upload_journals()
    failed, finished = runs()
    assert (failed.info.status, finished.info.status) == ("FAILED", "FINISHED")
    assert finished.data.metrics["accuracy"] == 0.6


def test_a_run_is_kept_whole_where_no_uploader_can_be_started(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(config: TrackingConfig) -> None:
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(spawn, "start_uploader", fail)
    train()
    (journal,) = Journal.all()
    record = journal.read()
    assert record and record.status == "FINISHED"
    assert {("loss/train", 3), ("accuracy/train", 1)} <= {point.position for point in record.points}
    assert "Cannot allocate memory" in capsys.readouterr().err


@pytest.mark.parametrize("returns", [False, True], ids=["away", "back"])
def test_a_training_tells_an_error_of_the_store_unless_it_is_over(
    returns: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(uploader, "RETRY_SECONDS", 0)
    database = Path("mlflow.db")
    with TRACKER.training():
        uploading = uploader.Uploader(CONFIG)
        (journal,) = Journal.all()
        database.rename("away.db")
        database.mkdir()
        uploading.attempt(journal)
        if returns:
            database.rmdir()
            Path("away.db").rename(database)
            uploading.attempt(journal)
        write_results()
    assert ("mlflow.db is a folder" in capsys.readouterr().err) is not returns
    assert not journal.result.exists()
    assert len(list(Journal.all())) == 1


def test_usage_that_cannot_be_read_hides_no_error_and_fails_no_stage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tracker, "usage_so_far", Mock(side_effect=ValueError("damaged")))
    with pytest.raises(MemoryError), TRACKER.training():
        raise MemoryError
    train()
    assert capsys.readouterr().err.count("damaged") == 2
