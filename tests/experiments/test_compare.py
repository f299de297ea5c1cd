"""Experiments are compared on the films that both were tested on."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imdb_genres.errors import UserError
from imdb_genres.evaluation.experiment_result import Result, make_result
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.evaluation.predictions import PredictionTable
from imdb_genres.experiments import compare
from imdb_genres.experiments.compare import group_by_seed, group_name, score_lines
from tests.support import commands

GENRES = ["Comedy", "Horror", "War"]


def result(name: str, skill: float, seed: int = 1, films: int = 300, **params: str) -> Result:
    """Return the result of predicting a film's genre with probability ``skill``, else any."""
    truth = np.random.default_rng(seed)  # the films are the seed's, as the split is
    label = truth.integers(3, size=films)
    keys = truth.choice(10_000, size=films, replace=False)
    guess = np.random.default_rng([seed, *name.encode()])
    named = np.where(guess.random(films) < skill, label, guess.integers(3, size=films))
    table = predictions(
        [f"film {key}" for key in keys],
        [[GENRES[index]] for index in label],
        [GENRES[index] for index in named],
    )
    return make_result(name, {"seed": str(seed)} | params, table)


def predictions(
    films: list[str], labels: list[list[str]], predicted: list[str], texts: list[str] | None = None
) -> PredictionTable:
    """Return predictions among GENRES; a film's text is its name where ``texts`` has no other."""
    rows = pd.DataFrame(
        {
            "film": films,
            "text_hash": texts or films,
            "label": [listed[0] for listed in labels],
            "labels": labels,
            "predicted": predicted,
            "predicted_labels": [[genre] for genre in predicted],
        }
    )
    return PredictionTable(rows, pd.DataFrame(0.0, rows.index, GENRES))


def test_the_primary_metric_is_that_of_the_predictions() -> None:
    table = predictions(["b", "a"], [["War", "Comedy"], ["Comedy"]], ["War", "War"])
    found = make_result("x", {}, table)
    assert found.genres == GENRES
    assert list(found.films) == ["a", "b"]
    assert found.primary.score() == 0.5  # the one film of War, half of both genres


def test_films_whose_texts_changed_are_other_films() -> None:
    films = ["a", "b"], [["War"], ["Comedy"]], ["War", "War"]
    one = make_result("one", {"parse.plots": "all"}, predictions(*films))
    other = make_result("other", {"parse.plots": "all"}, predictions(*films, ["a", "changed"]))
    with pytest.raises(UserError, match="1 of their 2 test films have different texts"):
        compare.compare([one], [other])
    masked = other._replace(params={"parse.plots": "first"})  # a setting changed them
    assert compare.compare([one], [masked]).value == 0
    assert compare.compare([one], [other._replace(text_hashes=None)]).value == 0  # an old file


def test_the_better_of_two_is_found() -> None:
    found = compare.compare([result("a", 0.2)], [result("b", 0.6)])
    assert found.low > 0.1
    assert found.p < 0.01


def test_other_test_films_are_refused() -> None:
    with pytest.raises(UserError, match=r"a and b cannot be .* different films \(300 and 200, "):
        compare.compare([result("a", 0.5)], [result("b", 0.5, seed=2, films=200)])


def test_other_genres_are_refused() -> None:
    one, other = result("a", 0.5), result("b", 0.5)
    with pytest.raises(UserError, match="different genres"):
        compare.compare([one], [other._replace(genres=["Comedy", "Drama", "War"])])


def test_films_with_other_genres_are_other_films() -> None:
    one, other = result("a", 0.5), result("b", 0.5)
    changed = other.primary._replace(denominator=other.primary.denominator / 2)
    with pytest.raises(UserError, match="test films have different genres"):
        compare.compare([one], [other._replace(primary=changed)])


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


def test_results_are_paired_by_seed_and_more_seeds_narrow_the_interval() -> None:
    firsts = [result(f"a-{seed}", 0.45, seed) for seed in range(6)]
    seconds = [result(f"b-{seed}", 0.5, seed, units="8") for seed in range(6)]
    found = compare.compare(firsts, seconds)
    means = [np.mean([one.primary.score() for one in group]) for group in (firsts, seconds)]
    assert found.value == pytest.approx(means[1] - means[0])
    alone = compare.compare(firsts[:1], seconds[:1])
    assert found.high - found.low < 0.6 * (alone.high - alone.low)


def test_a_seed_without_its_counterpart_is_refused() -> None:
    with pytest.raises(UserError, match="a-2 and b-1 cannot be compared"):
        compare.compare(
            [result("a-1", 0.5, 1), result("a-2", 0.5, 2)], [result("b-1", 0.5, 1, units="8")]
        )


def test_the_table_has_a_line_for_each_group_with_the_deviation_over_its_seeds() -> None:
    groups = group_by_seed([result("a", 0.5, seed) for seed in (1, 2)] + [result("b", 0.5, u="1")])
    header, first, second = score_lines(groups).splitlines()
    assert PRIMARY_METRIC.replace("_", " ") in header
    scores = [one.primary.score() for one in groups[0]]
    assert first.split()[-1] == f"{np.std(scores, ddof=1):.3f}"
    assert second.split()[-1].count("-") == 1


def test_an_unknown_name_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = commands.run(capsys, "compare", "workspace")
    assert (status, out) == (1, "") and err.startswith("compare: no predictions of 'workspace': ")
