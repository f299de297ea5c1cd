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
