"""How sure a score is: what it would be on other films of the same kind."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from imdb_genres.evaluation.metrics import Ratio

NUM_PERMUTATIONS = 10_000
CHUNK_SIZE = 100  # so that those of 100,000 films stay below 100 MB


def bootstrap_scores(ratios: list[Ratio], resamples: int, seed: int) -> np.ndarray:
    """Return the scores of films drawn with replacement, (len(ratios), resamples).

    Films are drawn, not descriptions, and the same ones for every ratio: differences are paired.
    """
    blocks = film_draws(len(ratios[0].numerator), resamples, seed)
    with one_thread():
        scores = [[np.nanmean(ratio.parts(draws), axis=1) for ratio in ratios] for draws in blocks]
    return np.concatenate(scores, axis=1)


def one_thread() -> AbstractContextManager[object]:
    """Return a context for matrices so narrow that NumPy's threads only wait for each other."""
    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits


def film_draws(films: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yield blocks of rows (films,): how often each film is among ``films`` drawn with replacement."""
    random = np.random.default_rng(seed)
    for start in range(0, resamples, CHUNK_SIZE):
        draws = random.integers(films, size=(min(CHUNK_SIZE, resamples - start), films))
        yield np.stack([np.bincount(row, minlength=films) for row in draws]).astype(float)


def percentile_interval(values: np.ndarray) -> tuple[float, float]:
    """Return the bounds of the middle 95 % of ``values``."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


class Difference(NamedTuple):
    """By how much a score is higher, its 95 % interval, and how often chance alone does as much."""

    value: float
    low: float
    high: float
    p: float


def difference(
    firsts: Sequence[Ratio], seconds: Sequence[Ratio], resamples: int, seed: int
) -> Difference:
    """Return by how much the mean score of ``seconds`` is above that of ``firsts``.

    All are of the same films in the same order; a first and its second have equal denominators, in
    which films that were not among theirs count 0. The interval is a paired bootstrap over films;
    p is two-sided, from exchanging firsts and seconds on films at random.
    """
    draws = bootstrap_scores([*firsts, *seconds], resamples, seed)
    differences = draws[len(firsts) :].mean(axis=0) - draws[: len(firsts)].mean(axis=0)
    gains = [per_film_difference(*pair) for pair in zip(firsts, seconds, strict=True)]
    by_film = np.mean(gains, axis=0)
    return Difference(
        float(by_film.sum()), *percentile_interval(differences), sign_flip_p_value(by_film, seed)
    )


def per_film_difference(first: Ratio, second: Ratio) -> np.ndarray:
    """Return what each film adds to the score of ``second`` beyond that of ``first``, (films,)."""
    films = first.denominator.sum(axis=0)
    gains = (second.numerator - first.numerator)[:, films > 0] / films[films > 0]
    return np.asarray(gains.mean(axis=1))


def sign_flip_p_value(gains: np.ndarray, seed: int) -> float:
    """Return how often random signs make the sum of ``gains`` at least as far from 0, at least once."""
    random = np.random.default_rng(seed)
    moving = gains[gains != 0]
    extreme = 1
    with one_thread():
        for _ in range(NUM_PERMUTATIONS // CHUNK_SIZE):
            signs = random.choice([-1.0, 1.0], size=(CHUNK_SIZE, len(moving)))
            extreme += int((np.abs(signs @ moving) >= abs(moving.sum()) * (1 - 1e-9)).sum())
    return extreme / (NUM_PERMUTATIONS + 1)


def verdict(first: str, second: str, found: Difference) -> str:
    """Say in words whether ``second`` is better than ``first``."""
    figures = f"{found.value:+.3f}, 95 % interval {found.low:+.3f} to {found.high:+.3f}, p = {found.p:.2g}"
    if found.p >= 0.05:
        return f"These films do not tell {second} from {first} ({figures})."
    sentence = f"{second} is {'better' if found.value > 0 else 'worse'} than {first} ({figures})."
    return sentence[0].upper() + sentence[1:]
