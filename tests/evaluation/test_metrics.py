"""Scores against scikit-learn, against simulated draws, and by hand."""

import numpy as np
import pytest
from sklearn import metrics

from imdb_genres.evaluation.metrics import (
    PRIMARY_METRIC,
    Predictions,
    Truth,
    ceiling,
    chance,
    compute_metrics,
    expected_balanced_accuracy,
    expected_confusion,
    genre_shares,
)


def random_fold(
    seed: int, rows: int = 300, genres: int = 5, several: bool = True
) -> tuple[Truth, Predictions]:
    random = np.random.default_rng(seed)
    label = random.choice(
        genres, size=rows, p=np.arange(1, genres + 1) / np.arange(genres + 1).sum()
    )
    labels = np.eye(genres, dtype=bool)[label]
    if several:
        labels |= random.random((rows, genres)) < 0.2
    probabilities = random.dirichlet(np.ones(genres), size=rows) + 0.3 * labels
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return Truth(np.arange(rows), label, labels), Predictions(probabilities, probabilities > 0.25)


@pytest.mark.parametrize("seed", range(5))
def test_scores_of_the_label_equal_scikit_learn(seed: int) -> None:
    truth, predictions = random_fold(seed)
    found = {name: ratio.score() for name, ratio in compute_metrics(truth, predictions).items()}
    label, named = truth.label, predictions.predicted
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(label, named))
    assert found["balanced_accuracy"] == pytest.approx(
        metrics.balanced_accuracy_score(label, named)
    )
    assert found["macro_f1"] == pytest.approx(metrics.f1_score(label, named, average="macro"))
    assert found["log_loss"] == pytest.approx(metrics.log_loss(label, predictions.probabilities))
    assert found["top_3_accuracy"] == pytest.approx(
        metrics.top_k_accuracy_score(label, predictions.probabilities, k=3)
    )


@pytest.mark.parametrize("seed", range(5))
def test_scores_of_the_labels_equal_scikit_learn(seed: int) -> None:
    truth, predictions = random_fold(seed)
    found = {name: ratio.score() for name, ratio in compute_metrics(truth, predictions).items()}
    pair = truth.labels, predictions.predicted_labels
    assert found["labels_jaccard"] == pytest.approx(metrics.jaccard_score(*pair, average="samples"))
    assert found["labels_micro_f1"] == pytest.approx(metrics.f1_score(*pair, average="micro"))
    assert found["labels_macro_f1"] == pytest.approx(metrics.f1_score(*pair, average="macro"))
    assert found["labels_hit_rate"] == pytest.approx(
        (truth.labels & predictions.predicted_labels).any(axis=1).mean()
    )
    assert found["labels_exact_match"] == pytest.approx(metrics.accuracy_score(*pair))


@pytest.mark.parametrize("seed", range(5))
def test_the_primary_metric_is_balanced_accuracy_over_every_pair_of_film_and_genre(
    seed: int,
) -> None:
    truth, predictions = random_fold(seed)
    film, genre = np.nonzero(truth.labels)
    weights = genre_shares(truth.labels)[film, genre]
    expected = metrics.balanced_accuracy_score(
        genre, predictions.predicted[film], sample_weight=weights
    )
    assert compute_metrics(truth, predictions)[PRIMARY_METRIC].score() == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_the_primary_metric_is_balanced_accuracy_where_films_have_one_genre(seed: int) -> None:
    truth, predictions = random_fold(seed, several=False)
    found = compute_metrics(truth, predictions)
    assert found[PRIMARY_METRIC].score() == pytest.approx(found["balanced_accuracy"].score())
    assert ceiling(truth) == pytest.approx(1)


def test_the_primary_metric_is_what_drawing_genres_and_down_sampling_gives_on_average() -> None:
    truth, predictions = random_fold(1, rows=20_000)
    random = np.random.default_rng(2)
    draws = []
    for _ in range(30):
        order = random.random(truth.labels.shape) * truth.labels
        drawn = order.argmax(axis=1)
        size = np.bincount(drawn).min()
        kept = [
            random.choice(np.flatnonzero(drawn == genre), size, replace=False) for genre in range(5)
        ]
        rows = np.concatenate(kept)
        draws.append((predictions.predicted[rows] == drawn[rows]).mean())
    error = np.std(draws) / np.sqrt(len(draws))
    assert (
        abs(expected_balanced_accuracy(truth, predictions.predicted).score() - np.mean(draws))
        < 4 * error
    )


def three_films() -> Truth:
    # film 0: genres a, b; film 1: a; film 2: b, c. So n_a = 1.5, n_b = 1, n_c = 0.5
    labels = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 1]], dtype=bool)
    return Truth(np.arange(3), np.array([1, 0, 2]), labels)


def test_three_films_by_hand() -> None:
    truth = three_films()
    # naming a, a, c: (1/3) x (0.5/1.5 + 1/1.5 + 0.5/0.5)
    assert expected_balanced_accuracy(truth, np.array([0, 0, 2])).score() == pytest.approx(2 / 3)
    # naming c for all hits the third film alone
    assert expected_balanced_accuracy(truth, np.array([2, 2, 2])).score() == pytest.approx(1 / 3)
    # the best: b for film 0 (0.5/1), a for film 1 (1/1.5), c for film 2 (0.5/0.5)
    assert ceiling(truth) == pytest.approx((0.5 + 2 / 3 + 1) / 3)
    assert chance(truth) == pytest.approx(1 / 3)


def test_the_expected_confusion_by_hand() -> None:
    confusion = expected_confusion(three_films(), np.array([0, 0, 2]))
    assert confusion.tolist() == [[1.5, 0, 0], [0.5, 0, 0.5], [0, 0, 0.5]]


@pytest.mark.parametrize("seed", range(3))
def test_the_primary_metric_is_the_mean_diagonal_of_the_confusion(seed: int) -> None:
    truth, predictions = random_fold(seed)
    confusion = expected_confusion(truth, predictions.predicted)
    recall = np.diag(confusion) / confusion.sum(axis=1)
    assert compute_metrics(truth, predictions)[PRIMARY_METRIC].score() == pytest.approx(
        recall.mean()
    )


def test_a_genre_that_no_film_of_the_fold_has_is_left_out() -> None:
    truth, predictions = random_fold(3)
    label = np.where(truth.label == 0, 1, truth.label)
    labels = np.eye(5, dtype=bool)[label]
    never_named = predictions.probabilities * [0, 1, 1, 1, 1]
    found = compute_metrics(
        Truth(truth.film, label, labels), Predictions(never_named, never_named > 0.25)
    )
    named = never_named.argmax(axis=1)
    assert found["macro_f1"].score() == pytest.approx(
        metrics.f1_score(label, named, average="macro")
    )
    for name in (PRIMARY_METRIC, "balanced_accuracy"):
        assert found[name].score() == pytest.approx(metrics.balanced_accuracy_score(label, named))
    assert chance(Truth(truth.film, label, labels)) == 1 / 4


def test_a_film_of_several_descriptions_counts_once() -> None:
    truth, predictions = random_fold(4, rows=20)
    once = compute_metrics(truth, predictions)
    twice = [*range(20), 3, 3, 7]
    again = compute_metrics(
        Truth(*(values[twice] for values in truth)),
        Predictions(*(values[twice] for values in predictions)),
    )
    assert {name: ratio.score() for name, ratio in again.items()} == pytest.approx(
        {name: ratio.score() for name, ratio in once.items()}
    )


def test_a_constant_prediction_has_no_lucky_top_3() -> None:
    truth, _ = random_fold(5)
    tied = np.full(truth.labels.shape, 0.2)
    found = compute_metrics(truth, Predictions(tied, tied > 1))["top_3_accuracy"].score()
    assert found == pytest.approx((truth.label < 3).mean())
