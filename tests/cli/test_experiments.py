"""Recipes are run through DVC's queue, also after a queue was killed."""

import pytest

from imdb_genres.cli import experiments

STATUS = """Task     Name    Created       Status
455db21  half    Nov 26, 2026  Running
28139d7  next    02:15 AM      Queued
f4303db  done    02:14 AM      Success

Worker status: {workers}
"""


@pytest.mark.parametrize(
    ("workers", "killed"),
    [
        ("0 active, 0 idle", [("queue", "kill", "half")]),
        ("1 active, 0 idle", []),
        ("10 active, 0 idle", []),
    ],
)
def test_tasks_are_ended_if_no_worker_runs_them(
    workers: str, killed: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, ...]] = []

    def dvc(*arguments: str, shown: bool = True) -> str:
        calls.append(arguments)
        return STATUS.format(workers=workers)

    monkeypatch.setattr(experiments, "dvc", dvc)
    experiments.end_dead_tasks()
    assert calls == [("queue", "status"), *killed]
