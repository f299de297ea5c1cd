"""The trained model as MLflow serves it: this file is stored with the model and run from there.

It needs no TensorFlow, and reads nothing but JSON, text and HDF5.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from imdb_genres.inference.familiarity import Familiarity
from imdb_genres.inference.predictor import Predictor


class GenreModel(PythonModel):
    """Predicts genres: from the column ``text`` to ``genre``, ``genres`` and probabilities."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the model folder that is stored next to this file."""
        self.predictor = Predictor.load(Path(context.artifacts["model"]))
        self.familiarity = Familiarity(self.predictor.words, self.predictor.known_words)

    def predict(
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Return one row per text; raise MlflowException with status 400 for invalid input.

        ``genre`` is the most probable genre, ``genres`` the list of those whose probability reaches
        the threshold (never empty), ``cannot_tell`` the reason if the model knows too little of the
        text, else None; then a column per genre. The parameter ``threshold`` replaces the model's
        own thresholds.
        """
        check_texts(model_input["text"])
        threshold = check_threshold((params or {}).get("threshold", -1.0))
        genres = np.array(self.predictor.genres)
        probabilities = self.predictor.predict_proba(model_input["text"])
        best = self.predictor.single_label_proba(probabilities).argmax(axis=1)
        if threshold is None:
            listed = self.predictor.predict_labels(probabilities)
        else:
            listed = probabilities >= threshold
            nothing = np.flatnonzero(~listed.any(axis=1))
            listed[nothing, probabilities[nothing].argmax(axis=1)] = True
        table = pd.DataFrame(probabilities, model_input.index, genres)
        table.insert(0, "genre", genres[best])
        table.insert(1, "genres", [genres[row].tolist() for row in listed])
        refusals = self.familiarity.explain_refusals(model_input["text"].tolist())
        # of objects: a column of strings would hold NaN, which is no JSON, in place of None
        table.insert(2, "cannot_tell", pd.Series(refusals, model_input.index, object))
        return table


def check_texts(column: pd.Series) -> None:
    """Raise MlflowException for the first entry that is not a string."""
    for row, text in enumerate(column, 1):
        if not isinstance(text, str):
            raise MlflowException.invalid_parameter_value(
                f"row {row} of the column 'text' holds {text!r}, expected a string"
            )


def check_threshold(value: float) -> float | None:
    """Return the threshold, or None for the model's own; raise MlflowException if above 1."""
    if not value <= 1:
        raise MlflowException.invalid_parameter_value(
            f"the parameter 'threshold' is {value!r}, expected a number from 0 to 1"
        )
    return value if value >= 0 else None


set_model(GenreModel())
