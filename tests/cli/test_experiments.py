"""Recipes are run through DVC's queue, also after a queue was killed."""

import pytest

from imdb_genres.cli import experiments
from imdb_genres.experiments.recipes import read_recipes
from tests.support import commands

STATUS = """Task     Name    Created       Status
455db21  half    Nov 26, 2026  Running
28139d7  next    02:15 AM      Queued
f4303db  done    02:14 AM      Success

Worker status: {workers}
"""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What DVC is called with; its queue has the tasks of STATUS, and no worker is active."""
    calls: list[tuple[str, ...]] = []

    def dvc(*arguments: str, shown: bool = True) -> str:
        calls.append(arguments)
        return STATUS.format(workers="0 active, 0 idle") if arguments[0] == "queue" else "done"

    monkeypatch.setattr(experiments, "dvc", dvc)
    return calls


def test_tasks_are_ended_if_no_worker_runs_them(calls: list[tuple[str, ...]]) -> None:
    assert experiments.unfinished_tasks() == {"next"}
    assert calls == [("queue", "status"), ("queue", "kill", "half")]


@pytest.mark.parametrize("workers", ["1 active, 0 idle", "10 active, 0 idle"])
def test_tasks_that_a_worker_runs_go_on(workers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def dvc(*arguments: str, shown: bool) -> str:
        assert arguments == ("queue", "status")
        return STATUS.format(workers=workers)

    monkeypatch.setattr(experiments, "dvc", dvc)
    assert experiments.unfinished_tasks() == {"half", "next"}


def test_an_experiment_that_exists_or_is_queued_is_not_queued_again(
    calls: list[tuple[str, ...]],
) -> None:
    experiments.queue_missing({"done": {}, "next": {}, "half": {"seed": 2}}, {})
    queued = [call for call in calls if call[:3] == ("exp", "run", "--queue")]
    assert [call[4] for call in queued] == ["half"]  # it was ended


@pytest.mark.parametrize("mistake", ["bset", "linear-searched"])
def test_nothing_is_queued_if_a_recipe_cannot_run(
    mistake: str, calls: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = commands.run(capsys, "experiments", "best", mistake)
    assert status == 1 and mistake in err
    assert calls == []


def test_the_list_says_how_each_recipe_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(experiments, "dvc", pytest.fail)
    status, out, _ = commands.run(capsys, "experiments", "--list")
    assert status == 0
    lines = {line.split()[0]: line for line in out.splitlines()}
    recipes = read_recipes()
    assert lines.keys() == recipes.keys()
    for name, recipe in recipes.items():
        assert recipe.about in lines[name]
        assert ("(search)" in lines[name]) == bool(recipe.search)
        assert recipe.runs_by_default == (") " not in lines[name].removesuffix(recipe.about))
