"""The earliest time of a stash by a killed run."""

from pathlib import Path

import pytest

from imdb_genres.dvc_repo import killed_experiment
from imdb_genres.dvc_repo.killed_experiment import earliest_stash_time

RUN = [
    "HEAD@{122} checkout: moving from main to be26a0f",
    "HEAD@{122} dvc: Restore HEAD to 'main'",
    "HEAD@{121} checkout: moving from main to be26a0f",
]


@pytest.mark.parametrize(
    ("before", "earliest"),
    [
        ("HEAD@{117} dvc: Restore HEAD to 'main'", 118),  # may have left a stash at 117
        ("HEAD@{117} reset: moving to HEAD", 118),
        ("HEAD@{117} commit: mine", 117),
        ("HEAD@{121} reset: moving to HEAD", 121),  # or the run's own would be overlooked
    ],
)
def test_an_earlier_stash_of_another_second_is_not_the_run_s(
    before: str, earliest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reflog = "\n".join([*RUN, before, "HEAD@{100} clone: from somewhere"])
    monkeypatch.setattr(killed_experiment, "git", lambda *args, folder: reflog)
    assert earliest_stash_time(Path(), 122) == earliest
