"""Reliability diagram and expected calibration error, all genres weighted equally."""

import numpy as np
import pandas as pd

from imdb_genres.evaluation.metrics import Predictions, Truth, balanced_shares

BINS = 10
Z = 1.96  # standard errors in a 95 % interval


def reliability(truth: Truth, predictions: Predictions) -> pd.DataFrame:
    """Return a row for each tenth of confidence that has descriptions.

    ``confidence`` is the mean probability of the predicted genre; ``accuracy`` how often it is the
    genre drawn from the film's, with its 95 % interval ``low`` to ``high`` (Wilson, on the effective
    number of descriptions). ``share`` is the bin's weight: the mean accuracy is the primary metric.
    ``descriptions`` counts them.
    """
    shares = balanced_shares(truth)
    weight = shares.sum(axis=1)
    confidence = predictions.probabilities.max(axis=1)
    hits = np.take_along_axis(shares, predictions.predicted[:, None], axis=1)[:, 0]
    tenth = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = pd.DataFrame(
        {"confidence": confidence * weight, "hits": hits, "weight": weight, "square": weight**2}
    )
    sums = rows.groupby(tenth).sum()
    accuracy = sums["hits"] / sums["weight"]
    low, high = wilson_interval(accuracy, sums["weight"] ** 2 / sums["square"])
    return pd.DataFrame(
        {
            "confidence": sums["confidence"] / sums["weight"],
            "accuracy": accuracy,
            "low": low,
            "high": high,
            "share": sums["weight"] / sums["weight"].sum(),
            "descriptions": rows.groupby(tenth).size(),
        }
    ).round(6)


def wilson_interval(share: pd.Series, count: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the bounds of Wilson's 95 % interval of a ``share`` of ``count`` observations."""
    center = (share + Z**2 / (2 * count)) / (1 + Z**2 / count)
    variance = share * (1 - share) / count + Z**2 / (4 * count**2)
    half = Z / (1 + Z**2 / count) * np.sqrt(variance)
    return (center - half).clip(0), (center + half).clip(upper=1)


def calibration_error(bins: pd.DataFrame) -> float:
    """Return the expected calibration error: the mean distance of confidence and accuracy."""
    return float((bins["share"] * (bins["confidence"] - bins["accuracy"]).abs()).sum())
