"""Is a model right as often as it says? Weighted like the headline: all genres equally common."""

import numpy as np
import pandas as pd

from imdb_genres.evaluation.metrics import Answer, Truth, balanced_shares

BINS = 10


def reliability(truth: Truth, answer: Answer) -> pd.DataFrame:
    """Return a row for each tenth of confidence that has films.

    ``confidence`` is the mean probability of the genre named; ``accuracy`` how often it is the one
    drawn from a film's genres, so that its mean, weighted by ``share``, is the headline.
    """
    shares = balanced_shares(truth)
    weight = shares.sum(axis=1)
    confidence = answer.probabilities.max(axis=1)
    right = np.take_along_axis(shares, answer.named[:, None], axis=1)[:, 0]
    tenth = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = pd.DataFrame({"confidence": confidence * weight, "accuracy": right, "share": weight})
    bins = rows.groupby(tenth).sum()
    return pd.DataFrame(
        {
            "confidence": bins["confidence"] / bins["share"],
            "accuracy": bins["accuracy"] / bins["share"],
            "share": bins["share"] / bins["share"].sum(),
        }
    )


def calibration_error(bins: pd.DataFrame) -> float:
    """Return the expected calibration error: the mean distance of confidence and accuracy."""
    return float((bins["share"] * (bins["confidence"] - bins["accuracy"]).abs()).sum())
