"""The trained model as MLflow serves it: this file is stored with the model and run from there.

It needs no TensorFlow, and reads nothing but JSON, text and HDF5.
"""

from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from imdb_genres.inference.predictor import Predictor


class GenreModel(PythonModel):
    """Descriptions -> genres: from the column ``text`` to ``genre`` and each one's probability."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the model folder that is stored beside this file."""
        self.predictor = Predictor.load(Path(context.artifacts["model"]))

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: Any = None
    ) -> pd.DataFrame:
        """Return a row for each text; raise MlflowException, status 400, for what is none."""
        check_texts(model_input["text"])
        genres = self.predictor.genres
        probabilities = self.predictor.predict(model_input["text"])
        best = self.predictor.single(probabilities).argmax(axis=1)
        answers = pd.DataFrame(probabilities, model_input.index, genres)
        answers.insert(0, "genre", [genres[place] for place in best])
        return answers


def check_texts(column: pd.Series) -> None:
    """Raise MlflowException for the first entry that is no text."""
    for row, text in enumerate(column, 1):
        if not isinstance(text, str):
            raise MlflowException.invalid_parameter_value(
                f"row {row} of the column 'text' holds {text!r}, and not a text in quotes"
            )


set_model(GenreModel())
