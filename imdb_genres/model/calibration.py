"""From logits to probabilities and labels: temperature and thresholds, fitted on validation rows."""

import numpy as np
from scipy.special import expit, log_softmax, softmax

from imdb_genres.params.training import TargetKind

SMALLEST = 1e-6  # probability above 0 that evaluation writes
MAX_LOG_TEMPERATURE = np.log(20)  # temperatures from 1/20 to 20


def probabilities(logits: np.ndarray, kind: TargetKind, temperature: float) -> np.ndarray:
    """Return float32 (rows, genres): a softmax, or for ``multi-label`` a sigmoid per genre."""
    scaled = logits.astype(float) / temperature
    values = expit(scaled) if kind == "multi-label" else softmax(scaled, axis=1)
    return np.asarray(values, np.float32)


def single_label_proba(
    probabilities: np.ndarray, kind: TargetKind, frequencies: list[float]
) -> np.ndarray:
    """Return float32 (rows, genres), rows of sum 1: single-label probabilities, uniform prior.

    The primary metric weights all genres equally, so a rare genre needs a lower probability.
    """
    if kind != "multi-label":
        return probabilities
    positive = np.maximum(probabilities, SMALLEST)  # a row may have no probability above 0
    balanced = positive / np.array(frequencies, np.float32)
    return np.asarray(balanced / balanced.sum(axis=1, keepdims=True))


def apply_thresholds(probabilities: np.ndarray, thresholds: list[float]) -> np.ndarray:
    """Return bool (rows, genres): genres that reach their thresholds, and always the most probable."""
    best = np.eye(len(thresholds), dtype=bool)[probabilities.argmax(axis=1)]
    return np.asarray(best | (probabilities >= np.array(thresholds)))


def fit_temperature(
    logits: np.ndarray, targets: np.ndarray, weights: np.ndarray, kind: TargetKind
) -> float:
    """Return the maximum-likelihood temperature for ``targets`` (rows, genres), to 4 digits."""
    from scipy.optimize import minimize_scalar  # takes half a second; prediction does not need it

    def loss(log_temperature: float) -> float:
        return total_loss(logits / np.exp(log_temperature), targets, weights, kind)

    bounds = (-MAX_LOG_TEMPERATURE, MAX_LOG_TEMPERATURE)
    result = minimize_scalar(loss, bounds=bounds, method="bounded")
    return float(np.round(np.exp(result.x), 4))


def total_loss(
    logits: np.ndarray, targets: np.ndarray, weights: np.ndarray, kind: TargetKind
) -> float:
    """Return the negative log-likelihood of ``targets`` (rows, genres), weighted by row."""
    if kind == "multi-label":
        losses = (np.logaddexp(0, logits) - targets * logits).sum(axis=1)
    else:
        losses = -(targets * log_softmax(logits, axis=1)).sum(axis=1)
    return float(weights @ losses)


def genre_prior(labels: np.ndarray) -> list[float]:
    """Return the share of rows that have each genre, above 0."""
    shares = np.maximum(labels.mean(axis=0), 0.5 / len(labels))
    return np.round(shares, 6).tolist()  # type: ignore[no-any-return]


def fit_thresholds(probabilities: np.ndarray, labels: np.ndarray) -> list[float]:
    """Return the F1-optimal threshold for each genre."""
    return [
        f1_threshold(column, truth) for column, truth in zip(probabilities.T, labels.T, strict=True)
    ]


def f1_threshold(probability: np.ndarray, truth: np.ndarray) -> float:
    """Return the midpoint between neighbouring values of ``probability`` with the highest F1."""
    order = np.argsort(-probability, kind="stable")
    ranked = probability[order].astype(np.float64)
    hits = np.cumsum(truth[order])
    scores = 2 * hits / (np.arange(1, len(hits) + 1) + max(hits[-1], 1))
    scores[:-1][ranked[:-1] == ranked[1:]] = -1  # no threshold separates equal values
    cut = int(np.argmax(scores))
    following = ranked[cut + 1] if cut + 1 < len(ranked) else 0.0
    return max(float(np.round((ranked[cut] + following) / 2, 6)), SMALLEST)
