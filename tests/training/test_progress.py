"""The expected duration of a training."""

import pytest

from imdb_genres.training import progress
from imdb_genres.training.history import epoch_metrics
from imdb_genres.training.progress import TrainingProgress


@pytest.mark.parametrize(("trained", "minutes"), [(0, "33"), (180, "3")])
def test_the_duration_is_that_of_the_epochs_that_are_left(
    trained: int,
    minutes: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An epoch takes 10 seconds; those that an earlier process trained are reported first."""
    seconds = iter(range(100))
    monkeypatch.setattr("imdb_genres.training.progress.time.monotonic", lambda: next(seconds))
    shown = TrainingProgress(epochs=200)
    for epoch in range(trained):
        shown.on_epoch(epoch_metrics(epoch + 1, (1.0, 0.5), (1.0, 0.5)))
    for _ in range(progress.MEASURED):
        shown.on_steps(0.1)
    captured = capsys.readouterr()
    assert f"about {minutes} minutes" in captured.out + captured.err
