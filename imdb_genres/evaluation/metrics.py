"""Metrics of a fold, each a mean of ratios of sums over films.

That one form serves the score itself, its bootstrap interval and paired comparisons. An *expected*
metric counts a film of k genres 1/k for each; a film of several descriptions counts once.
Arrays: n rows (descriptions), K genres. Means leave out a genre that no film of the fold has.
"""

from typing import NamedTuple

import numpy as np

PRIMARY_METRIC = "expected_balanced_accuracy"
PROBABILITY_DECIMALS = 6  # processors differ after the thirteenth


def round_probabilities(probabilities: np.ndarray) -> np.ndarray:
    """Return float64 (n, K), rounded to digits that no processor computes differently.

    Decisions (argmax, thresholds) are to be taken on the rounded values.
    """
    return np.asarray(np.round(probabilities.astype(np.float64), PROBABILITY_DECIMALS))


class Truth(NamedTuple):
    """The true genres of a fold's descriptions."""

    film: np.ndarray  # (n,) int from 0: descriptions of the same film share an index
    label: np.ndarray  # (n,) index of the single genre that represents the film
    labels: np.ndarray  # (n, K) bool: all genres of the film, at least one


class Predictions(NamedTuple):
    """A method's predictions for them."""

    probabilities: np.ndarray  # (n, K) float64, rows sum to one
    predicted_labels: np.ndarray  # (n, K) bool: the genres above their thresholds

    @property
    def predicted(self) -> np.ndarray:
        """The index of the most probable genre, (n,)."""
        predicted: np.ndarray = self.probabilities.argmax(axis=1)
        return predicted


class Ratio(NamedTuple):
    """Per-film terms of a score: (films, 1), or (films, K) for a mean over genres."""

    numerator: np.ndarray
    denominator: np.ndarray

    def per_class(self, weights: np.ndarray) -> np.ndarray:
        """Return the ratios, (resamples, 1 or K), with ``weights`` (resamples, films) on films."""
        numerator, denominator = weights @ self.numerator, weights @ self.denominator
        absent = np.full_like(numerator, np.nan)
        values: np.ndarray = np.divide(numerator, denominator, out=absent, where=denominator > 0)
        return values

    def score(self) -> float:
        """Return the score of all films, each counting once."""
        return float(np.nanmean(self.per_class(np.ones((1, len(self.numerator))))))


def compute_metrics(truth: Truth, predictions: Predictions) -> dict[str, Ratio]:
    """Return every metric by name, the primary one first."""
    label, labels, listed = truth.label, truth.labels, predictions.predicted_labels
    genres = labels.shape[1]
    predicted, actual = np.eye(genres)[predictions.predicted], np.eye(genres)[label]
    top_3 = np.argsort(-predictions.probabilities, axis=1, kind="stable")[:, :3]
    of_label = np.take_along_axis(predictions.probabilities, label[:, None], axis=1)[:, 0]
    loss = -np.log(np.maximum(of_label, np.finfo(np.float32).eps))
    both, either = labels & listed, labels | listed
    one = np.ones(len(label))
    by_row = {
        "accuracy": (predictions.predicted == label, one),
        "balanced_accuracy": (actual * predicted, actual),
        "macro_f1": (2 * actual * predicted, actual + predicted),
        "top_3_accuracy": ((top_3 == label[:, None]).any(axis=1), one),
        "hit_rate": ((labels * predicted).sum(axis=1), one),
        "log_loss": (loss, one),
        "labels_jaccard": (both.sum(axis=1) / either.sum(axis=1), one),
        "labels_micro_f1": (2 * both.sum(axis=1), both.sum(axis=1) + either.sum(axis=1)),
        "labels_macro_f1": (2 * both, both.astype(int) + either),
        "labels_hit_rate": (both.any(axis=1), one),
        "labels_exact_match": ((labels == listed).all(axis=1), one),
    }
    return {PRIMARY_METRIC: expected_balanced_accuracy(truth, predictions.predicted)} | {
        name: Ratio(film_means(numerator, truth.film), film_means(denominator, truth.film))
        for name, (numerator, denominator) in by_row.items()
    }


def expected_balanced_accuracy(truth: Truth, predicted: np.ndarray) -> Ratio:
    """Return the primary metric of predicting the genres ``predicted``, (n,).

    It is the balanced accuracy expected when one of each film's genres is drawn at random: the mean
    over genres of their share of films, a film of k genres counting 1/k, that were predicted right.
    """
    share = genre_shares(truth.labels)
    hits = share * np.eye(share.shape[1])[predicted]
    return Ratio(film_means(hits, truth.film), film_means(share, truth.film))


def ceiling(truth: Truth) -> float:
    """Return the highest possible primary metric: every film's genres known, the best one predicted."""
    return float(balanced_shares(truth).max(axis=1).sum()) * chance(truth)


def chance(truth: Truth) -> float:
    """Return the primary metric of predicting at random, or always the same genre."""
    return 1 / float(truth.labels.any(axis=0).sum())


def expected_confusion(truth: Truth, predicted: np.ndarray) -> np.ndarray:
    """Return the confusion matrix, true genre by predicted genre; a film of k genres counts 1/k.

    The mean recall, the diagonal's share of its row, is the primary metric.
    """
    share = expected_shares(truth)
    confusion: np.ndarray = share.T @ np.eye(share.shape[1])[predicted]
    return confusion


def balanced_shares(truth: Truth) -> np.ndarray:
    """Return each description's share of each genre's films, (n, K): columns sum to 1."""
    share = expected_shares(truth)
    films = share.sum(axis=0)
    balanced: np.ndarray = np.divide(share, films, out=np.zeros_like(share), where=films > 0)
    return balanced


def expected_shares(truth: Truth) -> np.ndarray:
    """Return 1/k for each of a film's k genres, divided among its descriptions, (n, K)."""
    descriptions = np.bincount(truth.film)[truth.film]
    shares: np.ndarray = genre_shares(truth.labels) / descriptions[:, None]
    return shares


def genre_shares(labels: np.ndarray) -> np.ndarray:
    """Return 1/k for each of a film's k genres, 0 elsewhere, (n, K)."""
    shares: np.ndarray = labels / labels.sum(axis=1, keepdims=True)
    return shares


def film_means(values: np.ndarray, film: np.ndarray) -> np.ndarray:
    """Average the rows of ``values``, (n,) or (n, k), over each film's descriptions: (films, k)."""
    values = values.reshape(len(film), -1)
    descriptions = np.bincount(film)
    sums = np.zeros((len(descriptions), values.shape[1]))
    np.add.at(sums, film, values)
    return sums / descriptions[:, None]
