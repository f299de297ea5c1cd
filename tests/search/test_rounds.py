"""A search depends on its settings only: not on workers, their order, or an interruption."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imdb_genres.errors import UserError
from imdb_genres.search.rounds import search, starting_point
from imdb_genres.search.trial_log import TrialLog, open_trial_log
from imdb_genres.search.trial_result import Trial, TrialResult, digest
from imdb_genres.search.workers import process_pool
from tests.support.fake_trials import FakeTrial, settings_with

DRIVER = """
import sys
from pathlib import Path
from imdb_genres.search.trial_log import TrialLog
from imdb_genres.search.rounds import search
from imdb_genres.search.trial_result import digest
from imdb_genres.search.workers import process_pool
from tests.support.fake_trials import FakeTrial, settings_with

if __name__ == "__main__":
    folder, jobs = Path(sys.argv[1]), int(sys.argv[2])
    trial = FakeTrial(0.02, 6, folder / "killed")
    with process_pool(trial, jobs) as run_trials:
        print(digest(search(settings_with(), [], run_trials, TrialLog(folder / "log.jsonl"))))
"""


def run_in_order(trials: list[Trial]) -> Iterator[TrialResult]:
    yield from map(FakeTrial(), trials)


def run_backwards(trials: list[Trial]) -> Iterator[TrialResult]:
    yield from map(FakeTrial(), reversed(trials))


def fake_search(path: Path, run: Any = run_in_order, **changes: Any) -> list[TrialResult]:
    return list(search(settings_with(**changes), [START], run, TrialLog(path)))


START: dict[str, Any] = {
    "train.architecture": "cnn",
    "train.learning_rate": 0.5,
    "train.epochs": 3,
    "train.input_dropout": 0.2,
    "train.units": [8],
}


def test_the_order_in_which_trials_finish_changes_nothing(tmp_path: Path) -> None:
    first, second = (
        fake_search(tmp_path / run.__name__, run) for run in (run_in_order, run_backwards)
    )
    assert [result.number for result in first] != [result.number for result in second]
    assert digest(first) == digest(second)


def test_seed_and_round_size_change_the_trials(tmp_path: Path) -> None:
    variants: list[dict[str, Any]] = [{}, {"seed": 2}, {"at_once": 6}]
    digests = [digest(fake_search(tmp_path / str(n), **v)) for n, v in enumerate(variants)]
    assert len(set(digests)) == 3


def test_scores_guide_later_rounds(tmp_path: Path) -> None:
    results = fake_search(tmp_path / "a", trials=40)
    early, late = (sum(r.score for r in part) for part in (results[:10], results[-10:]))
    assert late > early


def test_one_and_two_workers_and_a_killed_search_agree(tmp_path: Path) -> None:
    """The search is killed in its second round, whose trials finish in reverse order."""
    script = tmp_path / "driver.py"
    script.write_text(DRIVER, encoding="utf-8")

    def run(folder: str, jobs: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(script), str(tmp_path / folder), str(jobs)]
        environment = {"PYTHONPATH": str(Path.cwd())}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    for name in ("one", "two", "killed"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "killed").touch()
    (tmp_path / "two" / "killed").touch()
    undisturbed = run("one", 1).stdout
    assert undisturbed
    assert run("two", 2).stdout == undisturbed
    assert run("killed", 2).returncode == -9
    log = tmp_path / "killed" / "log.jsonl"
    finished = log.read_text(encoding="utf-8").splitlines()
    assert 4 <= len(finished) < 12
    assert run("killed", 2).stdout == undisturbed
    assert log.read_text(encoding="utf-8").splitlines()[: len(finished)] == finished


def test_finished_trials_do_not_run_again(tmp_path: Path) -> None:
    fake_search(tmp_path / "log")

    def refuse(trials: list[Trial]) -> Iterator[TrialResult]:
        raise AssertionError(trials)

    assert len(fake_search(tmp_path / "log", refuse)) == 12


def test_more_trials_continue_a_search_with_fewer(tmp_path: Path) -> None:
    fake_search(tmp_path / "grown", trials=6)
    grown = fake_search(tmp_path / "grown", trials=12)
    assert digest(grown) == digest(fake_search(tmp_path / "whole", trials=12))


def test_a_line_that_a_crash_left_incomplete_is_run_again(tmp_path: Path) -> None:
    whole = digest(fake_search(tmp_path / "log"))
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "log").write_text("".join(lines[:7]) + lines[7][:20], encoding="utf-8")
    assert digest(fake_search(tmp_path / "log")) == whole
    assert len((tmp_path / "log").read_text(encoding="utf-8").splitlines()) == 12


def test_the_recipes_own_values_are_the_first_trial(tmp_path: Path) -> None:
    assert fake_search(tmp_path / "log")[0].params == START
    assert starting_point(settings_with(), {**START, "train.epochs": 50}) is None
    assert starting_point(settings_with(), {**START, "train.units": [9]}) is None
    linear = starting_point(settings_with(), {**START, "train.architecture": "mlp"})
    assert linear is not None and "train.input_dropout" not in linear


def test_the_values_of_other_recipes_are_the_next_trials(tmp_path: Path) -> None:
    starts = [START, {**START, "train.epochs": 9}]
    results = list(search(settings_with(), starts, run_in_order, TrialLog(tmp_path / "log")))
    assert [result.params for result in results[:2]] == starts
    assert digest(results) != digest(fake_search(tmp_path / "alone"))


def test_a_condition_leaves_the_parameter_to_the_recipe(tmp_path: Path) -> None:
    for result in fake_search(tmp_path / "log"):
        is_cnn = result.params["train.architecture"] == "cnn"
        assert ("train.input_dropout" in result.params) == is_cnn


def test_two_processes_do_not_run_the_same_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".dvc").mkdir()
    with open_trial_log("a", "key"), pytest.raises(UserError, match="another process"):
        open_trial_log("a", "key").__enter__()


def test_a_killed_worker_ends_the_search_with_a_message(tmp_path: Path) -> None:
    with process_pool(exit_process, 1) as run, pytest.raises(UserError, match="fewer --jobs"):
        list(search(settings_with(), [], run, TrialLog(tmp_path / "log")))


def exit_process(trial: Trial) -> TrialResult:
    import os

    os._exit(1)
