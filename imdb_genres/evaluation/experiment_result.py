"""The result of an experiment, in the form in which experiments are compared."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from imdb_genres.errors import shorten
from imdb_genres.evaluation.metrics import Ratio, Truth, expected_balanced_accuracy
from imdb_genres.evaluation.predictions import PREDICTIONS, PredictionTable

__all__ = ["PREDICTIONS", "Result", "incompatibility", "make_result"]


class Result(NamedTuple):
    """An experiment's parameters, and its primary metric film by film, in the order of ``films``."""

    name: str
    params: dict[str, str]
    films: pd.Index  # sorted
    genres: list[str]
    primary: Ratio
    text_hashes: pd.Series | None = None  # by film; None if the file does not hold them


def make_result(name: str, params: dict[str, str], table: PredictionTable) -> Result:
    """Return what is compared of an experiment's predictions."""
    rows, genres = table.rows, table.genres
    film, films = pd.factorize(rows["film"], sort=True)
    labels = np.array(
        [[genre in listed for genre in genres] for listed in map(set, rows["labels"])]
    )
    index = {genre: position for position, genre in enumerate(genres)}
    label, predicted = (rows[column].map(index).to_numpy() for column in ("label", "predicted"))
    primary = expected_balanced_accuracy(Truth(film, label, labels), predicted)
    hashes = None
    if "text_hash" in rows:
        by_film: list[list[str]] = [[] for _ in films]
        for number, text_hash in sorted(zip(film, rows["text_hash"], strict=True)):
            by_film[number].append(text_hash)
        hashes = pd.Series([" ".join(each) for each in by_film])
    return Result(name, params, pd.Index(films), genres, primary, hashes)


def incompatibility(first: Result, second: Result) -> str | None:
    """Return why two results cannot be compared: other films, genres or texts; None if they can."""
    if first.genres != second.genres:
        only_one = sorted(set(first.genres) ^ set(second.genres))
        return f"they choose among different genres (only one has: {shorten(only_one)})"
    if not first.films.equals(second.films):
        common = len(first.films.intersection(second.films))
        counts = f"{len(first.films)} and {len(second.films)}, {common} in common"
        return f"they were tested on different films ({counts})"
    if not np.array_equal(first.primary.denominator, second.primary.denominator):
        return "their test films have different genres"
    return _other_texts(first, second)


def _other_texts(first: Result, second: Result) -> str | None:
    """Return how many films have other texts, unless a setting of the parse stage changed them."""
    if first.text_hashes is None or second.text_hashes is None:
        return None
    changed = int((first.text_hashes.to_numpy() != second.text_hashes.to_numpy()).sum())
    if not changed or _parse_params(first) != _parse_params(second):
        return None
    return f"{changed} of their {len(first.films)} test films have different texts"


def _parse_params(result: Result) -> dict[str, str]:
    return {name: value for name, value in result.params.items() if name.startswith("parse.")}
