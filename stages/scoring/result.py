"""What an experiment predicted, in the form in which experiments are compared."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from stages.scoring.scores import Ratio, Truth, expected_balanced_accuracy

PREDICTIONS = "evaluation/predictions.parquet"
COLUMNS = ["film", "label", "labels", "named", "listed"]  # each other one is a genre


class Result(NamedTuple):
    """An experiment's parameters, and its headline film by film in order of ``films``."""

    name: str
    params: dict[str, str]
    films: pd.Index
    genres: list[str]
    headline: Ratio


def make_result(name: str, params: dict[str, str], predictions: pd.DataFrame) -> Result:
    """Return what is compared of ``predictions``, as evaluate writes them."""
    genres = [str(column) for column in predictions if column not in COLUMNS]
    codes, films = pd.factorize(predictions["film"], sort=True)
    labels = np.array([[genre in had for genre in genres] for had in predictions["labels"]])
    place = {genre: number for number, genre in enumerate(genres)}
    label, named = (predictions[column].map(place).to_numpy() for column in ("label", "named"))
    headline = expected_balanced_accuracy(Truth(codes, label, labels), named)
    return Result(name, params, films, genres, headline)
