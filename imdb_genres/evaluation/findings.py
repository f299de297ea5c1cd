"""The evaluation of a model, and the files of metrics/ that hold it."""

from typing import NamedTuple

import pandas as pd

from imdb_genres.evaluation.bootstrap import Difference
from imdb_genres.evaluation.predictions import PredictionTable
from imdb_genres.evaluation.tables import DVC_METRICS
from imdb_genres.io.atomic import atomic_replace, write_json
from imdb_genres.paths import DATA, METRICS

EVALUATION = DATA / "evaluation"
SCORES, DETAILS = METRICS / "scores.json", METRICS / "details.json"


class Findings(NamedTuple):
    """The result of the evaluation; tables as in metrics/."""

    scores: dict[str, float]
    methods: pd.DataFrame
    difference: Difference  # of the model from logistic regression
    baseline_note: str
    genres: pd.DataFrame
    confusion: pd.DataFrame
    reliability: pd.DataFrame
    predictions: PredictionTable
    test: pd.DataFrame  # in the order of ``predictions``
    training_films: pd.Series  # by genre, a film of k genres counting 1/k, before balancing


def write_metrics(findings: Findings) -> None:
    """Write the files of metrics/ that the evaluate stage makes, the primary metric first."""
    scores = {name: findings.scores[name] for name in DVC_METRICS}
    write_json(SCORES, scores, sort_keys=False)
    write_json(DETAILS, findings.scores, sort_keys=False)
    for name in ("methods", "genres", "confusion"):
        with atomic_replace(METRICS / f"{name}.csv") as temporary:
            getattr(findings, name).to_csv(temporary, index=False, lineterminator="\n")
