"""The comparison with other methods: same folds, a setting chosen on validation, one test."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import peers
from benchmarks.contenders import BEST, CONTENDERS, RECIPES, Contender
from benchmarks.learners import Films, Scorer, soft_rows
from benchmarks.network import network
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from stages.split import FOLDS
from tests.support.params import params_with
from tests.support.workspace import GENRES

pytestmark = pytest.mark.slow  # together they take minutes

SCIKIT_LEARN = [
    "LogisticRegression, soft, words",
    "LinearSVC, one-vs-rest, bigrams",
]
QUICK = {**RECIPES[BEST], "tokenize.max_words": 100, "train.epochs": 5}


def films(number: int = 120) -> pd.DataFrame:
    """Return films whose words give their genre away; those of a genre that is not kept too."""
    draw = np.random.default_rng(1)
    genres = [*sorted(GENRES), "Western"]
    label = np.arange(number) % len(genres)
    texts = [" ".join(draw.choice(GENRES[genres[index]].split(), 8)) for index in label]
    return pd.DataFrame(
        {
            "film": [f"film {row}" for row in range(number)],
            "title": [f"title {row}" for row in range(number)],
            "year": 2001,
            "text": [f"{text} number{row}" for row, text in enumerate(texts)],
            "genres": [[genres[index], *(["Rare"] if index == 0 else [])] for index in label],
        }
    )


def guess(train: Films, validation: Films, seed: int, genre: int) -> Scorer:
    return lambda texts: np.tile(np.eye(len(train.genres))[genre], (len(texts), 1))


@pytest.fixture
def folds() -> pd.DataFrame:
    params = params_with({"label.min_films": 25, "split.test": 0.3, "split.validation": 0.2})
    kept = peers.labelled(films().iloc[::-1], params)
    return peers.with_folds(kept, peers.assign_groups(kept), params, 7)


def test_the_tables_name_every_method_and_setting(
    folds: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Contender(guess, [{"genre": 1}, {"genre": 0}])
    contenders = {BEST: ours}
    for name in SCIKIT_LEARN:
        contenders[name] = CONTENDERS[name]._replace(settings=CONTENDERS[name].settings[-1:])
    contenders["linear"] = Contender(network, [QUICK])
    monkeypatch.setattr(peers, "CONTENDERS", contenders)
    outcomes = [peers.run_seed(folds, 7, contenders)] * 2
    lines = peers.table(outcomes).splitlines()
    assert len(lines) == 2 + len(contenders)
    assert lines[2].startswith(f"| {BEST} | 0.333 ± 0.000 |  |")
    for name in [*SCIKIT_LEARN, "linear"]:
        assert outcomes[0][name].scores == dict.fromkeys(peers.SCORES, 1.0)
        assert f"| {name} | 1.000 ± 0.000 | +0.667 [" in "\n".join(lines)
    assert f"| {BEST} | genre 1 | 2 |" in peers.settings_table(outcomes, contenders)


def test_the_setting_is_chosen_on_validation_films_only(folds: pd.DataFrame) -> None:
    only_horror = (folds["fold"] != "validation") | (folds["label"] == "Horror")
    without_horror = (folds["fold"] != "test") | (folds["label"] != "Horror")
    tables = [folds[only_horror & without_horror & (folds["fold"] == f)] for f in FOLDS]
    contender = Contender(guess, [{"genre": 0}, {"genre": 1}])
    outcome = peers.run_contender("guess", contender, tables, sorted(GENRES), 7)
    assert outcome.setting == {"genre": 1}
    assert outcome.scores[PRIMARY_METRIC] == 0


def test_a_seed_draws_folds_of_its_own(folds: pd.DataFrame) -> None:
    params = params_with({"label.min_films": 25})
    other = peers.with_folds(folds, peers.assign_groups(folds), params, 8)
    assert (other["fold"] != folds["fold"]).any()
    assert set(folds["labels"].explode()) == set(GENRES)


def test_soft_targets_weigh_genres_equally_and_films_one_on_average() -> None:
    labels = np.array([[True, True], [True, False], [True, False]])
    rows, genres, weights = soft_rows(Films([""] * 3, np.zeros(3, int), labels, ["a", "b"]))
    assert rows.tolist() == [0, 0, 1, 2] and genres.tolist() == [0, 1, 0, 0]
    assert np.allclose(np.bincount(genres, weights), 1.5)
