"""What a network's logits say: a probability for each genre, and which are named."""

import numpy as np
from scipy.special import expit, softmax


def probabilities(logits: np.ndarray, kind: str, temperature: float) -> np.ndarray:
    """Return float32 (rows, genres): a softmax, or for ``multi-label`` a sigmoid for each genre."""
    scaled = logits.astype(float) / temperature
    values = expit(scaled) if kind == "multi-label" else softmax(scaled, axis=1)
    return np.asarray(values, np.float32)


def several(probabilities: np.ndarray, thresholds: list[float]) -> np.ndarray:
    """Return bool (rows, genres): those that reach their threshold, and the likeliest always."""
    best = probabilities == probabilities.max(axis=1, keepdims=True)
    return np.asarray(best | (probabilities >= np.array(thresholds)))
