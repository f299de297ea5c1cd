"""What is fitted once the network is trained: temperature, thresholds and frequencies."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from imdb_genres.training.targets import Targets

WIDEST = np.log(20)  # temperatures from 1/20 to 20


def fit_temperature(logits: np.ndarray, targets: Targets, kind: str) -> float:
    """Return the number to divide ``logits`` by that makes ``targets`` most likely."""

    def loss(logarithm: float) -> float:
        scaled = logits / np.exp(logarithm)
        if kind == "multi-label":
            rows = (np.logaddexp(0, scaled) - targets.values * scaled).sum(axis=1)
        else:
            rows = -(targets.values * log_softmax(scaled, axis=1)).sum(axis=1)
        return float(targets.weights @ rows)

    found = minimize_scalar(loss, bounds=(-WIDEST, WIDEST), method="bounded")
    return float(np.round(np.exp(found.x), 4))


def genre_prior(labels: np.ndarray) -> list[float]:
    """Return the share of films that have each genre, above 0."""
    seen = np.maximum(labels.mean(axis=0), 0.5 / len(labels))
    return np.round(seen, 6).tolist()  # type: ignore[no-any-return]


def fit_thresholds(probabilities: np.ndarray, labels: np.ndarray) -> list[float]:
    """Return for each genre the probability from which on it is named, for the highest F1."""
    return [
        f1_threshold(column, truth) for column, truth in zip(probabilities.T, labels.T, strict=True)
    ]


def f1_threshold(probability: np.ndarray, truth: np.ndarray) -> float:
    """Return the midpoint between neighbouring values of ``probability`` with the highest F1."""
    order = np.argsort(-probability, kind="stable")
    ranked = probability[order].astype(np.float64)
    hits = np.cumsum(truth[order])
    scores = 2 * hits / (np.arange(1, len(hits) + 1) + max(hits[-1], 1))
    scores[:-1][ranked[:-1] == ranked[1:]] = -1  # equal values fall on one side together
    cut = int(np.argmax(scores))
    following = ranked[cut + 1] if cut + 1 < len(ranked) else 0.0
    return float(np.round((ranked[cut] + following) / 2, 6))
