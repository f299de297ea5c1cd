"""Scores as tables: for files, for charts and for the terminal."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from imdb_genres.evaluation.bootstrap import bootstrap_scores, percentile_interval
from imdb_genres.evaluation.metrics import PRIMARY_METRIC, Ratio


def score_table(
    measured: Mapping[str, Mapping[str, Ratio]], resamples: int, seed: int
) -> pd.DataFrame:
    """Return a row for each method and score: ``value``, and its 95 % interval ``low``, ``high``."""
    keys = [(method, score) for method, scores in measured.items() for score in scores]
    every = [measured[method][score] for method, score in keys]
    draws = bootstrap_scores(every, resamples, seed)
    rows = [
        (*key, ratio.score(), *percentile_interval(values))
        for key, ratio, values in zip(keys, every, draws, strict=True)
    ]
    return pd.DataFrame(rows, columns=["method", "score", "value", "low", "high"]).round(6)


def flat_scores(table: pd.DataFrame, method: str, beside: Mapping[str, float]) -> dict[str, float]:
    """Return the scores of ``method`` by name: the headline, its interval, what is ``beside`` it, all."""
    own = table[table["method"] == method].set_index("score")
    bounds = {
        f"{PRIMARY_METRIC}_{bound}": own.loc[PRIMARY_METRIC, bound] for bound in ("low", "high")
    }
    values = own["value"].to_dict()
    rounded = {name: round(value, 6) for name, value in beside.items()}
    return {PRIMARY_METRIC: values[PRIMARY_METRIC]} | bounds | rounded | values


def genre_table(confusion: np.ndarray, genres: list[str]) -> pd.DataFrame:
    """Return precision, recall and F1 of each genre and its films, a film of k genres counting 1/k.

    The mean recall is the headline.
    """
    hits, named, films = np.diag(confusion), confusion.sum(axis=0), confusion.sum(axis=1)
    table = pd.DataFrame(
        {
            "genre": genres,
            "precision": hits / np.where(named, named, 1),
            "recall": hits / np.where(films, films, 1),
            "f1": 2 * hits / np.where(named + films, named + films, 1),
            "films": films,
        }
    )
    return table.round(6)


def confusion_table(confusion: np.ndarray, genres: list[str]) -> pd.DataFrame:
    """Return a row for each genre and genre named: films, and their share of the genre's films."""
    films = confusion.sum(axis=1, keepdims=True)
    share = confusion / np.where(films, films, 1)
    table = pd.DataFrame(
        {
            "genre": np.repeat(genres, len(genres)),
            "named": genres * len(genres),
            "films": confusion.ravel(),
            "share": share.ravel(),
        }
    )
    return table.round(6)


def words(name: str) -> str:
    """Return a score's or a method's name as words."""
    return name.replace("_", " ")


def terminal_table(table: pd.DataFrame) -> str:
    """Return a line a score and a column a method, each value with its interval."""
    cells = table.assign(
        cell=[f"{row.value:.3f}  {row.low:.3f}-{row.high:.3f}" for row in table.itertuples()],
        score=table["score"].map(words),
        method=table["method"].map(words),
    )
    order: dict[str, Any] = {"index": cells["score"].unique(), "columns": cells["method"].unique()}
    wide = cells.pivot(index="score", columns="method", values="cell").reindex(**order)
    return wide.rename_axis(index=None, columns=None).to_string(justify="left")
