"""The baselines are fitted and tested on the same rows as the model."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from imdb_genres.errors import UserError
from imdb_genres.evaluation.baselines import (
    BASELINES,
    LOGISTIC,
    MAJORITY,
    read_baselines,
    write_baselines,
)
from imdb_genres.evaluation.fit_baselines import fit_baselines, logistic_regression, sample_rows

TEXTS = {
    "Comedy": "a clumsy waiter falls into a cake",
    "Horror": "a ghost waits in the cellar",
    "War": "soldiers wait in a trench for the attack",
}
GENRES = sorted(TEXTS)
BALANCED, FILMS = Path("balanced.parquet"), Path("split.parquet")


def films(fold: str, label: str, rows: int, labels: list[str] | None = None) -> pd.DataFrame:
    row = {"fold": fold, "text": TEXTS[label], "label": label, "labels": labels or [label]}
    return pd.DataFrame([row] * rows)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six Comedies to train on, of which the balance stage kept two; tests of each genre."""
    monkeypatch.chdir(tmp_path)
    test = pd.concat(films("test", genre, 1) for genre in ("War", "Horror", "Comedy"))
    others = [films("train", genre, 2) for genre in ("Horror", "War")]
    validation = [films("validation", genre, 2) for genre in GENRES]
    natural = pd.concat([test, films("train", "Comedy", 6), *others, *validation])
    natural.to_parquet(FILMS)
    kept = pd.concat([films("train", "Comedy", 2), *others, *validation])
    kept.to_parquet(BALANCED)


def test_a_row_for_each_test_film_and_a_column_for_each_genre() -> None:
    logistic = fit_baselines(BALANCED, FILMS, 100, 1).predictions[LOGISTIC]
    assert [GENRES[place] for place in logistic.predicted] == ["War", "Horror", "Comedy"]
    assert logistic.probabilities.sum(axis=1) == pytest.approx(1)
    assert logistic.predicted_labels.tolist() == np.eye(3, dtype=bool)[[2, 1, 0]].tolist()


def test_the_majority_is_that_of_films_before_they_were_balanced() -> None:
    majority = fit_baselines(BALANCED, FILMS, 100, 1).predictions[MAJORITY]
    assert majority.probabilities.tolist() == [[0.6, 0.2, 0.2]] * 3
    assert majority.predicted_labels.tolist() == [[True, False, False]] * 3


def test_the_same_films_give_the_same_bytes_and_the_methods_their_order() -> None:
    made = []
    for _ in range(2):
        write_baselines(fit_baselines(BALANCED, FILMS, 100, 1))
        made.append({path.name: path.read_bytes() for path in BASELINES.iterdir()})
    assert made[0] == made[1]
    assert list(read_baselines().predictions) == [LOGISTIC, MAJORITY]


def test_a_genre_that_training_films_only_list_has_no_chance_but_a_column() -> None:
    kept = pd.read_parquet(BALANCED)
    western = films("train", "War", 1, ["War", "Western"])
    pd.concat([kept, western]).to_parquet(BALANCED)
    logistic = fit_baselines(BALANCED, FILMS, 100, 1).predictions[LOGISTIC]
    assert logistic.probabilities.shape == (3, 4)
    assert (logistic.probabilities[:, 3] == 0).all()


def test_every_class_counts_the_same_however_many_films_it_has() -> None:
    texts = ["boat"] * 95 + ["boat ghost"] * 5 + ["ghost"] * 5 + ["boat ghost"] * 5
    label = np.array(["Adventure"] * 100 + ["Horror"] * 10)
    predict = logistic_regression(texts, label, ["Adventure", "Horror"])
    named = np.where(predict(texts)[:, 1] > 0.5, "Horror", "Adventure")
    assert f1_score(label, named, pos_label="Horror") > 0.6
    assert predict(["boat ghost"])[0, 1] > 0.5


def test_at_most_max_rows_training_rows_are_fitted_the_same_ones_each_time() -> None:
    train = np.arange(10, 60)
    sample = sample_rows(train, 20, 7)
    assert len(set(sample)) == 20
    assert set(sample) <= set(train)
    assert (sample == sample_rows(train, 20, 7)).all()
    assert (sample_rows(train, 50, 7) == train).all()


def test_a_sample_is_named_and_all_rows_are_not() -> None:
    kept = pd.read_parquet(BALANCED)
    pd.concat([kept, kept]).to_parquet(BALANCED)
    write_baselines(fit_baselines(BALANCED, FILMS, 8, 1))
    assert (read_baselines().fitted_rows, read_baselines().available_rows) == (8, 12)
    assert "8 of 12" in read_baselines().note
    assert not fit_baselines(BALANCED, FILMS, 12, 1).note


def test_films_too_few_to_share_a_word_are_one_message() -> None:
    with pytest.raises(UserError, match=r"fitted on 2 training .* no word occurs in two"):
        logistic_regression(["boat", "ghost"], np.array(["Adventure", "Horror"]), [])
