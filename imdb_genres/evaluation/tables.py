"""Scores as tables: for files, for charts and for the terminal."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from imdb_genres.evaluation.baselines import LOGISTIC
from imdb_genres.evaluation.bootstrap import bootstrap_scores, percentile_interval
from imdb_genres.evaluation.metrics import PRIMARY_METRIC, Ratio

MODEL_METHOD = "model"
# the few that `dvc metrics show` and `dvc exp show` list; all others are in metrics/details.json
DVC_METRICS = (PRIMARY_METRIC, "hit_rate", "accuracy", LOGISTIC)


def score_table(
    method: str, metrics: Mapping[str, Ratio], resamples: int, seed: int
) -> pd.DataFrame:
    """Return a row for each score: ``method``, ``value``, and its 95 % interval ``low``, ``high``."""
    samples = bootstrap_scores(list(metrics.values()), resamples, seed)
    rows = [
        (method, score, ratio.score(), *percentile_interval(values))
        for (score, ratio), values in zip(metrics.items(), samples, strict=True)
    ]
    return pd.DataFrame(rows, columns=["method", "score", "value", "low", "high"]).round(6)


def all_scores(table: pd.DataFrame, method: str, others: Mapping[str, float]) -> dict[str, float]:
    """Return every number by name: the primary metric, its interval, ``others``, all scores."""
    scores = table[table["method"] == method].set_index("score")
    bounds = {
        f"{PRIMARY_METRIC}_{bound}": scores.loc[PRIMARY_METRIC, bound] for bound in ("low", "high")
    }
    values = scores["value"].to_dict()
    rounded = {name: round(value, 6) for name, value in others.items()}
    return {PRIMARY_METRIC: values[PRIMARY_METRIC]} | bounds | rounded | values


def genre_table(confusion: np.ndarray, genres: list[str]) -> pd.DataFrame:
    """Return precision, recall and F1 of each genre and its films, a film of k genres counting 1/k.

    The mean recall is the primary metric.
    """
    hits, predicted, films = np.diag(confusion), confusion.sum(axis=0), confusion.sum(axis=1)
    table = pd.DataFrame(
        {
            "genre": genres,
            "precision": hits / np.where(predicted, predicted, 1),
            "recall": hits / np.where(films, films, 1),
            "f1": 2 * hits / np.where(predicted + films, predicted + films, 1),
            "films": films,
        }
    )
    return table.round(6)


def confusion_table(confusion: np.ndarray, genres: list[str]) -> pd.DataFrame:
    """Return a row for each genre and predicted genre: films, and their share of the genre's films."""
    films = confusion.sum(axis=1, keepdims=True)
    share = confusion / np.where(films, films, 1)
    table = pd.DataFrame(
        {
            "genre": np.repeat(genres, len(genres)),
            "predicted": genres * len(genres),
            "films": confusion.ravel(),
            "share": share.ravel(),
        }
    )
    return table.round(6)


def humanize(name: str) -> str:
    """Return the name of a score or a method with spaces for its underscores."""
    return name.replace("_", " ")


def terminal_table(table: pd.DataFrame) -> str:
    """Return a line for each score and a column for each method, values with their intervals."""
    cells = table.assign(
        cell=[f"{row.value:.3f}  {row.low:.3f}-{row.high:.3f}" for row in table.itertuples()],
        score=table["score"].map(humanize),
        method=table["method"].map(humanize),
    )
    wide = cells.pivot(index="score", columns="method", values="cell").reindex(
        index=cells["score"].unique(), columns=cells["method"].unique()
    )
    return wide.rename_axis(index=None, columns=None).to_string(justify="left")
