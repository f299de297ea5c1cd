"""What an experiment predicted, in the form in which experiments are compared."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from imdb_genres.evaluation.metrics import Ratio, Truth, expected_balanced_accuracy

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


def incompatibility(first: Result, second: Result) -> str | None:
    """Say what differs between two tests, in films or genres; None where they are of the same."""
    if first.genres != second.genres:
        found = f"{', '.join(first.genres)} and {', '.join(second.genres)}"
        return f"they choose among different genres ({found})"
    if not first.films.equals(second.films):
        common = len(first.films.intersection(second.films))
        counts = f"{len(first.films)} and {len(second.films)}, {common} in common"
        return f"they were tested on different films ({counts})"
    if not np.array_equal(first.headline.denominator, second.headline.denominator):
        return "their test films have different genres"
    return None
