"""The baselines' predictions for the test descriptions; the format of data/baselines."""

import json
from typing import NamedTuple

import numpy as np

from imdb_genres.evaluation.metrics import Predictions
from imdb_genres.io.atomic import atomic_replace, write_json
from imdb_genres.io.npz import write_arrays
from imdb_genres.paths import DATA

BASELINES = DATA / "baselines"
LOGISTIC, MAJORITY = "logistic_regression", "majority"


class Baselines(NamedTuple):
    """Predictions by method, and how many training descriptions logistic regression was fitted on."""

    predictions: dict[str, Predictions]
    fitted_rows: int
    available_rows: int

    @property
    def note(self) -> str:
        """A sentence on the sample, empty where all training descriptions were used."""
        if self.fitted_rows == self.available_rows:
            return ""
        return (
            f"Logistic regression was fitted on a sample of {self.fitted_rows:,} of "
            f"{self.available_rows:,} training descriptions (baselines.max_rows)."
        )


def write_baselines(baselines: Baselines) -> None:
    """Write a file for each method; probabilities are rounded already."""
    rows = {"fitted_rows": baselines.fitted_rows, "available_rows": baselines.available_rows}
    with atomic_replace(BASELINES) as folder:
        folder.mkdir()
        write_json(folder / "rows.json", rows)
        for method, predictions in baselines.predictions.items():
            write_arrays(folder / f"{method}.npz", **predictions._asdict())


def read_baselines() -> Baselines:
    """Read what ``write_baselines`` wrote."""
    predictions = {}
    for path in sorted(BASELINES.glob("*.npz")):
        with np.load(path) as arrays:
            predictions[path.stem] = Predictions(**arrays)
    rows = json.loads((BASELINES / "rows.json").read_text(encoding="utf-8"))
    return Baselines(predictions, **rows)
