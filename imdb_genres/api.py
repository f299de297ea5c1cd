"""The Python API: models, scores and runs, from the root of the repository.

    from imdb_genres import Predictor, list_runs, read_scores
    Predictor.load().predict_proba(["A ghost haunts the old house."])   # array (texts, genres)
    read_scores()                                                       # scores with intervals
    list_runs()                                                         # the leaderboard

All tables are pandas data frames. ``Predictor.load`` takes a model folder; ``find_model`` of
``imdb_genres.registry.find_model`` finds those that MLflow stores.
"""

from pathlib import Path

import pandas as pd

from imdb_genres.errors import UserError
from imdb_genres.evaluation.predictions import PREDICTIONS, PredictionTable
from imdb_genres.inference.predictor import Predictor as Predictor
from imdb_genres.paths import DATA, METRICS


def read_scores() -> pd.DataFrame:
    """Return the workspace's scores: columns method, score, value, low, high (95 % interval)."""
    return pd.read_csv(_existing(METRICS / "methods.csv"))


def read_history() -> pd.DataFrame:
    """Return loss and accuracy by epoch of the workspace's training."""
    return pd.read_csv(_existing(METRICS / "history.csv"), index_col="epoch")


def read_predictions() -> pd.DataFrame:
    """Return the workspace's predictions of the test films, with a probability column a genre."""
    table = PredictionTable.read(_existing(DATA / PREDICTIONS))
    return table.rows.join(table.probabilities.add_prefix("probability_"))


def list_runs() -> pd.DataFrame:
    """Return all results, best first: DVC experiments, MLflow runs, HEAD and the workspace.

    Columns: name, score, low, high, verdict, difference, p, seconds, changed, group, group_note.
    Results with other test films or genres are another group; group 1, the largest, is first.
    """
    from imdb_genres.experiments.entries import collect_entries
    from imdb_genres.experiments.leaderboard import rank

    return rank(collect_entries())


def compare_runs(first: str, *others: str) -> pd.DataFrame:
    """Return how much better each of ``others`` is than ``first``, by name, with a paired test.

    Names are those of DVC experiments, git revisions, MLflow runs or ``workspace``. Columns: value,
    low, high (95 % interval), p. Raises UserError if their test films differ.
    """
    from imdb_genres.experiments.compare import compare
    from imdb_genres.experiments.results import read_result

    reference = read_result(first)
    comparisons = {name: compare([reference], [read_result(name)]) for name in others}
    columns = ["value", "low", "high", "p"]
    return pd.DataFrame.from_dict(comparisons, orient="index", columns=columns)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UserError(f"{path} is missing: run `dvc repro`, from the root of the repository")
    return path
