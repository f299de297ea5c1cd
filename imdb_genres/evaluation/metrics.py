"""What is measured on a fold: every score a mean of ratios of sums over films.

One form serves the score itself, its bootstrap interval and paired comparisons. A film of k genres
counts 1/k for each where a score is *expected*; a film of several descriptions counts once.
Arrays: n rows (descriptions), K genres. A genre that no film of the fold has is left out of means.
"""

from typing import NamedTuple

import numpy as np

PRIMARY_METRIC = "expected_balanced_accuracy"


class Truth(NamedTuple):
    """What is known of a fold's descriptions."""

    film: np.ndarray  # (n,) int from 0: the descriptions of one film share its number
    label: np.ndarray  # (n,) index of the one genre that stands for the film
    labels: np.ndarray  # (n, K) bool: the film's genres, one at least


class Answer(NamedTuple):
    """What a method says of them."""

    probabilities: np.ndarray  # (n, K), rows sum to one; the largest is the genre it names
    chosen: np.ndarray  # (n, K) bool: the genres it would list

    @property
    def named(self) -> np.ndarray:
        """The index of the one genre named for each description, (n,)."""
        named: np.ndarray = self.probabilities.argmax(axis=1)
        return named


class Ratio(NamedTuple):
    """Sums over films whose ratio is a score: (films, 1), or (films, K) for a mean over genres."""

    numerator: np.ndarray
    denominator: np.ndarray

    def parts(self, weights: np.ndarray) -> np.ndarray:
        """Return the ratios, (resamples, 1 or K), where ``weights`` (resamples, films) counts films."""
        numerator, denominator = weights @ self.numerator, weights @ self.denominator
        absent = np.full_like(numerator, np.nan)
        parts: np.ndarray = np.divide(numerator, denominator, out=absent, where=denominator > 0)
        return parts

    def score(self) -> float:
        """Return the score of all films, each counting once."""
        return float(np.nanmean(self.parts(np.ones((1, len(self.numerator))))))


def ratios(truth: Truth, answer: Answer) -> dict[str, Ratio]:
    """Return every score, the headline first."""
    label, labels, chosen = truth.label, truth.labels, answer.chosen
    genres = labels.shape[1]
    named, drawn = np.eye(genres)[answer.named], np.eye(genres)[label]
    top_3 = np.argsort(-answer.probabilities, axis=1, kind="stable")[:, :3]
    of_label = np.take_along_axis(answer.probabilities, label[:, None], axis=1)[:, 0]
    loss = -np.log(np.maximum(of_label, np.finfo(np.float32).eps))
    both, either = labels & chosen, labels | chosen
    one = np.ones(len(label))
    by_row = {
        "accuracy": (answer.named == label, one),
        "balanced_accuracy": (drawn * named, drawn),
        "macro_f1": (2 * drawn * named, drawn + named),
        "top_3_accuracy": ((top_3 == label[:, None]).any(axis=1), one),
        "hit_rate": ((labels * named).sum(axis=1), one),
        "log_loss": (loss, one),
        "labels_jaccard": (both.sum(axis=1) / either.sum(axis=1), one),
        "labels_micro_f1": (2 * both.sum(axis=1), both.sum(axis=1) + either.sum(axis=1)),
        "labels_macro_f1": (2 * both, both.astype(int) + either),
        "labels_hit_rate": (both.any(axis=1), one),
        "labels_exact_match": ((labels == chosen).all(axis=1), one),
    }
    return {PRIMARY_METRIC: expected_balanced_accuracy(truth, answer.named)} | {
        name: Ratio(film_means(numerator, truth.film), film_means(denominator, truth.film))
        for name, (numerator, denominator) in by_row.items()
    }


def expected_balanced_accuracy(truth: Truth, named: np.ndarray) -> Ratio:
    """Return the headline of naming the genres ``named``, (n,).

    Expected over a random pick among a film's genres, where every genre counts as much as another:
    1/K times the sum of 1/(k n_c) over the films whose genres hold the one named, c, where
    n_c is the sum of 1/k over the films that have c.
    """
    share = genre_shares(truth.labels)
    hits = share * np.eye(share.shape[1])[named]
    return Ratio(film_means(hits, truth.film), film_means(share, truth.film))


def ceiling(truth: Truth) -> float:
    """Return the headline of one who knows every film's genres and names the one that counts most."""
    return float(balanced_shares(truth).max(axis=1).sum()) * chance(truth)


def chance(truth: Truth) -> float:
    """Return the headline of naming any genre, always the same or at random."""
    return 1 / float(truth.labels.any(axis=0).sum())


def expected_confusion(truth: Truth, named: np.ndarray) -> np.ndarray:
    """Return films by genre (rows) and genre named (columns), a film of k genres 1/k in each row.

    The mean over genres of the diagonal's share of its row is the headline.
    """
    share = expected_shares(truth)
    confusion: np.ndarray = share.T @ np.eye(share.shape[1])[named]
    return confusion


def balanced_shares(truth: Truth) -> np.ndarray:
    """Return the part of each genre's films that a description stands for, (n, K): columns sum to 1."""
    share = expected_shares(truth)
    films = share.sum(axis=0)
    parts: np.ndarray = np.divide(share, films, out=np.zeros_like(share), where=films > 0)
    return parts


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
