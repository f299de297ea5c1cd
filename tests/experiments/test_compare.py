"""Experiments side by side: which is better, by the films both were tested on."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imdb_genres.errors import UserError
from imdb_genres.evaluation.experiment_result import Result, make_result
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.experiments import compare
from imdb_genres.experiments.compare import group_by_seed, group_name, score_lines
from imdb_genres.experiments.results import read_result
from tests.support import commands

GENRES = ["Comedy", "Horror", "War"]


def result(name: str, skill: float, seed: int = 1, films: int = 300, **params: str) -> Result:
    """Return the result of naming one of a film's genres with probability ``skill``."""
    truth = np.random.default_rng(seed)  # the films are the seed's, as the split is
    label = truth.integers(3, size=films)
    keys = truth.choice(10_000, size=films, replace=False)
    guess = np.random.default_rng([seed, *name.encode()])
    named = np.where(guess.random(films) < skill, label, guess.integers(3, size=films))
    frame = pd.DataFrame(
        {
            "film": [f"film {key}" for key in keys],
            "label": np.array(GENRES)[label],
            "labels": [[GENRES[place]] for place in label],
            "named": np.array(GENRES)[named],
            "listed": [[GENRES[place]] for place in named],
        }
        | dict.fromkeys(GENRES, 0.0)
    )
    return make_result(name, {"seed": str(seed)} | params, frame)


def test_the_headline_is_that_of_the_predictions() -> None:
    films = pd.DataFrame(
        {
            "film": ["b", "a"],
            "label": ["War", "Comedy"],
            "labels": [["War", "Comedy"], ["Comedy"]],
            "named": ["War", "War"],
            "listed": [["War"], ["War"]],
            "Comedy": [0.1, 0.2],
            "War": [0.9, 0.8],
        }
    )
    found = make_result("x", {}, films)
    assert found.genres == ["Comedy", "War"]
    assert list(found.films) == ["a", "b"]
    assert found.headline.score() == 0.5  # the one film of War, half of both genres


def test_the_better_of_two_is_told() -> None:
    found = compare.compare([result("a", 0.2)], [result("b", 0.6)])
    assert found.low > 0.1
    assert found.p < 0.01


def test_other_test_films_are_refused_in_a_sentence() -> None:
    with pytest.raises(UserError, match=r"a and b cannot be .* different films \(300 and 200, "):
        compare.compare([result("a", 0.5)], [result("b", 0.5, seed=2, films=200)])


def test_other_genres_are_refused() -> None:
    one, other = result("a", 0.5), result("b", 0.5)
    with pytest.raises(UserError, match="different genres"):
        compare.compare([one], [other._replace(genres=["Comedy", "Drama", "War"])])


def test_films_with_other_genres_are_other_films() -> None:
    one, other = result("a", 0.5), result("b", 0.5)
    changed = other.headline._replace(denominator=other.headline.denominator / 2)
    with pytest.raises(UserError, match="test films have different genres"):
        compare.compare([one], [other._replace(headline=changed)])


def test_seeds_are_taken_together_and_other_parameters_are_not() -> None:
    results = [
        result("a-1", 0.5, 1),
        result("b", 0.5, 1, dropout="0.5"),
        result("a-2", 0.5, 2),
        result("changed code", 0.5, 1),
    ]
    groups = group_by_seed(results)
    names = [[result.name for result in group] for group in groups]
    assert names == [["a-1", "a-2"], ["b"], ["changed code"]]
    assert group_name(groups[0]) == "a-1 and 1 more of other seeds"


def test_sweeps_are_paired_seed_by_seed_and_surer_than_one_seed() -> None:
    firsts = [result(f"a-{seed}", 0.45, seed) for seed in range(6)]
    seconds = [result(f"b-{seed}", 0.5, seed, units="8") for seed in range(6)]
    found = compare.compare(firsts, seconds)
    means = [np.mean([one.headline.score() for one in group]) for group in (firsts, seconds)]
    assert found.value == pytest.approx(means[1] - means[0])
    alone = compare.compare(firsts[:1], seconds[:1])
    assert found.high - found.low < 0.6 * (alone.high - alone.low)


def test_a_seed_without_its_counterpart_is_refused() -> None:
    with pytest.raises(UserError, match="a-2 and b-1 cannot be compared"):
        compare.compare(
            [result("a-1", 0.5, 1), result("a-2", 0.5, 2)], [result("b-1", 0.5, 1, units="8")]
        )


def test_the_table_has_a_line_a_group_with_the_deviation_over_its_seeds() -> None:
    groups = group_by_seed([result("a", 0.5, seed) for seed in (1, 2)] + [result("b", 0.5, u="1")])
    header, first, second = score_lines(groups).splitlines()
    assert PRIMARY_METRIC.replace("_", " ") in header
    scores = [one.headline.score() for one in groups[0]]
    assert first.split()[-1] == f"{np.std(scores, ddof=1):.3f}"
    assert second.split()[-1].count("-") == 1


def test_an_unknown_name_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = commands.run(capsys, "compare", "workspace")
    assert (status, out) == (1, "") and err.startswith("compare: no predictions of 'workspace': ")


def test_the_workspace_is_read_from_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "evaluation").mkdir(parents=True)
    Path("params.yaml").write_text("seed: 3\ndownload: {source: table, table: {path: x}}\n")
    pd.DataFrame(
        {"film": ["a"], "label": ["War"], "labels": [["War"]], "named": ["War"], "War": [1.0]}
    ).to_parquet("data/evaluation/predictions.parquet")
    assert read_result("workspace").params["seed"] == "3"
