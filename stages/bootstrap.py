"""How sure a score is: what it would be on other films of the same kind."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from stages.scores import Ratio

FLIPS = 10_000
DRAWS_A_BLOCK = 100  # so that those of 100,000 films stay below 100 MB


def resampled(ratios: list[Ratio], resamples: int, seed: int) -> np.ndarray:
    """Return the scores of films drawn with replacement, (len(ratios), resamples).

    Films are drawn, not descriptions, and the same ones for every ratio: differences are paired.
    """
    blocks = film_draws(len(ratios[0].numerator), resamples, seed)
    scores = [[np.nanmean(ratio.parts(draws), axis=1) for ratio in ratios] for draws in blocks]
    return np.concatenate(scores, axis=1)


def film_draws(films: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yield blocks of rows (films,): how often each film is among ``films`` drawn with replacement."""
    random = np.random.default_rng(seed)
    for start in range(0, resamples, DRAWS_A_BLOCK):
        draws = random.integers(films, size=(min(DRAWS_A_BLOCK, resamples - start), films))
        yield np.stack([np.bincount(row, minlength=films) for row in draws]).astype(float)


def middle_95(values: np.ndarray) -> tuple[float, float]:
    """Return the bounds of the middle 95 % of ``values``."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


class Difference(NamedTuple):
    """By how much a score is higher, its 95 % interval, and how often chance alone does as much."""

    value: float
    low: float
    high: float
    p: float


def difference(first: Ratio, second: Ratio, resamples: int, seed: int) -> Difference:
    """Return by how much ``second`` is above ``first``, both of the same films and denominators.

    The interval is a paired bootstrap; p is two-sided, from exchanging the two on films at random.
    """
    draws = resampled([first, second], resamples, seed)
    shares = first.denominator.sum(axis=0)
    gains = (second.numerator - first.numerator)[:, shares > 0] / shares[shares > 0]
    by_film = gains.mean(axis=1)
    return Difference(
        float(by_film.sum()), *middle_95(draws[1] - draws[0]), exchange_p(by_film, seed)
    )


def exchange_p(gains: np.ndarray, seed: int) -> float:
    """Return how often random signs make the sum of ``gains`` at least as far from 0, at least once."""
    random = np.random.default_rng(seed)
    moving = gains[gains != 0]
    extreme = 1
    for _ in range(FLIPS // DRAWS_A_BLOCK):
        signs = random.choice([-1.0, 1.0], size=(DRAWS_A_BLOCK, len(moving)))
        extreme += int((np.abs(signs @ moving) >= abs(moving.sum()) * (1 - 1e-9)).sum())
    return extreme / (FLIPS + 1)


def verdict(first: str, second: str, found: Difference) -> str:
    """Say in words whether ``second`` is better than ``first``."""
    figures = f"{found.value:+.3f}, 95 % interval {found.low:+.3f} to {found.high:+.3f}, p = {found.p:.2g}"
    if found.p >= 0.05:
        return f"These films do not tell {second} from {first} ({figures})."
    sentence = f"{second} is {'better' if found.value > 0 else 'worse'} than {first} ({figures})."
    return sentence[0].upper() + sentence[1:]
