"""Bootstrap intervals of scores, and a paired sign-flip test of the difference of two."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from imdb_genres.evaluation.metrics import Ratio

NUM_PERMUTATIONS = 10_000
SIGN_FLIP_SEED = 7  # of comparisons between experiments, whose own seeds may differ
SIGNIFICANCE = 0.05
CHUNK_SIZE = 100  # resamples at a time, fewer of more than 100,000 films: 80 MB each
CHUNK_VALUES = 10_000_000
DECIMALS = 12  # of differences: beyond these processors round differently


def bootstrap_scores(ratios: list[Ratio], resamples: int, seed: int) -> np.ndarray:
    """Return the scores of films resampled with replacement, (len(ratios), resamples).

    Films are resampled, not descriptions, and the same ones for every ratio.
    """
    chunks = resample_films(len(ratios[0].numerator), resamples, seed)
    with one_thread():
        scores = [
            [np.nanmean(ratio.per_class(counts), axis=1) for ratio in ratios] for counts in chunks
        ]
    return np.concatenate(scores, axis=1)


def one_thread() -> AbstractContextManager[object]:
    """Limit NumPy to one thread: with such narrow matrices more threads would only wait."""
    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits


def resample_films(films: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yield chunks of rows (films,): how often a resample of ``films`` films holds each of them."""
    random = np.random.default_rng(seed)
    chunk = chunk_size(films)
    for start in range(0, resamples, chunk):
        indexes = random.integers(films, size=(min(chunk, resamples - start), films))
        yield np.stack([np.bincount(row, minlength=films) for row in indexes]).astype(float)


def chunk_size(films: int) -> int:
    """Return how many resamples of ``films`` films are in memory at a time."""
    return min(CHUNK_SIZE, max(CHUNK_VALUES // films, 1))


def percentile_interval(values: np.ndarray) -> tuple[float, float]:
    """Return the 2.5th and the 97.5th percentile of ``values``."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


class Difference(NamedTuple):
    """How much higher a score is: the difference, its 95 % interval and its two-sided p-value.

    The interval holds the differences that the test does not reject, so it excludes 0 exactly
    where p is below 0.05.
    """

    value: float
    low: float
    high: float
    p: float

    @property
    def significant(self) -> bool:
        """Whether the difference is significant at the 5 % level."""
        return self.p < SIGNIFICANCE


def difference(firsts: Sequence[Ratio], seconds: Sequence[Ratio], seed: int) -> Difference:
    """Return how much higher the mean score of ``seconds`` is than that of ``firsts``.

    All are of the same films in the same order; a first and its second have equal denominators, 0
    for films that were not among theirs.
    """
    pairs = list(zip(firsts, seconds, strict=True))
    gains = np.mean([per_film_difference(*pair) for pair in pairs], axis=0)
    weights = np.mean([film_weights(first) for first in firsts], axis=0)
    lows, highs = sign_flip_bounds(gains, weights, seed)
    return Difference(
        float(gains.sum()), *confidence_interval(lows, highs), sign_flip_p_value(lows, highs)
    )


def per_film_difference(first: Ratio, second: Ratio) -> np.ndarray:
    """Return what each film adds to the difference of the scores, (films,)."""
    films = first.denominator.sum(axis=0)
    gains = (second.numerator - first.numerator)[:, films > 0] / films[films > 0]
    return np.asarray(gains.mean(axis=1))


def film_weights(ratio: Ratio) -> np.ndarray:
    """Return the weight of each film in the score, (films,); they sum to 1."""
    films = ratio.denominator.sum(axis=0)
    shares = ratio.denominator[:, films > 0] / films[films > 0]
    return np.asarray(shares.mean(axis=1))


def sign_flip_bounds(
    gains: np.ndarray, weights: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each random choice of signs the differences that it makes no less extreme.

    Under a true difference d, ``gains - d * weights`` is symmetric about 0, film by film. Signs s
    are as extreme as what was observed where |s @ gains - d * s @ weights| >= |sum(gains) - d|,
    which holds for d between two bounds: (NUM_PERMUTATIONS,) each.
    """
    flipped = np.concatenate(list(_flipped_sums(np.stack([gains, weights], axis=1), seed)))
    observed = gains.sum()
    bounds = [
        _quotient(observed - flipped[:, 0], 1 - flipped[:, 1], -np.inf),
        _quotient(observed + flipped[:, 0], 1 + flipped[:, 1], np.inf),
    ]
    return np.round(np.minimum(*bounds), DECIMALS), np.round(np.maximum(*bounds), DECIMALS)


def _flipped_sums(columns: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """Yield chunks of the columns' sums under random signs, NUM_PERMUTATIONS rows of 2 in all."""
    random = np.random.default_rng(seed)
    films = len(columns)
    total = columns.sum(axis=0)
    with one_thread():
        chunk = chunk_size(films)
        for start in range(0, NUM_PERMUTATIONS, chunk):
            rows = min(chunk, NUM_PERMUTATIONS - start)
            packed = random.integers(256, size=(rows, -(-films // 8)), dtype=np.uint8)
            positive = np.unpackbits(packed, axis=1, count=films).astype(float)
            yield 2 * positive @ columns - total


def _quotient(numerator: np.ndarray, denominator: np.ndarray, otherwise: float) -> np.ndarray:
    """Divide, but return ``otherwise`` where all signs are equal and the denominator vanishes."""
    usual = denominator > 1e-9
    quotient: np.ndarray = np.divide(
        numerator, denominator, out=np.full_like(numerator, otherwise), where=usual
    )
    return quotient


def sign_flip_p_value(lows: np.ndarray, highs: np.ndarray) -> float:
    """Return the share of sign flips as extreme as what was observed, if there were no difference."""
    return float((1 + ((lows <= 0) & (highs >= 0)).sum()) / (len(lows) + 1))


def confidence_interval(lows: np.ndarray, highs: np.ndarray) -> tuple[float, float]:
    """Return the bounds of the differences whose p-value is at least SIGNIFICANCE."""
    rank = int(np.ceil(SIGNIFICANCE * (len(lows) + 1))) - 1  # of the flips and the observation
    low, high = np.partition(lows, rank - 1)[rank - 1], np.partition(highs, -rank)[-rank]
    return max(float(low), -1.0), min(float(high), 1.0)


def verdict(first: str, second: str, gain: Difference) -> str:
    """Return one sentence on whether ``second`` is better than ``first``: names, or "the model"."""
    figures = (
        f"{gain.value:+.3f}, 95 % interval {gain.low:+.3f} to {gain.high:+.3f}, p = {gain.p:.2g}"
    )
    if not gain.significant:
        return f"No significant difference between {second} and {first} ({figures})."
    sentence = f"{second} is {'better' if gain.value > 0 else 'worse'} than {first} ({figures})."
    return f"T{sentence[1:]}" if sentence.startswith("the ") else sentence
