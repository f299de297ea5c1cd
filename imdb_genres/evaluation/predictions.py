"""A fold's films: what is known of them, and what a method says of them, as a table."""

import numpy as np
import pandas as pd

from imdb_genres.errors import UserError
from imdb_genres.evaluation.metrics import Answer, Truth


def ground_truth(films: pd.DataFrame, genres: list[str]) -> Truth:
    """Return what is known of the rows ``films``; raise UserError for a genre not in ``genres``."""
    if unknown := sorted(set(films["labels"].explode()) - set(genres)):
        raise UserError(
            f"no film that the model learnt from is {', '.join(unknown)}, but some of the test or "
            "validation films are: raise label.min_films, or bring more films"
        )
    return Truth(
        film=pd.factorize(films["film"])[0],
        label=films["label"].map(genres.index).to_numpy(),
        labels=np.array([[genre in listed for genre in genres] for listed in films["labels"]]),
    )


def prediction_table(test: pd.DataFrame, answer: Answer, genres: list[str]) -> pd.DataFrame:
    """Return a row for each row of ``test``: its genres, those named, and each one's probability."""
    names = np.array(genres)
    given = pd.DataFrame(answer.probabilities.astype(np.float32), test.index, genres)
    return test[["film", "label", "labels"]].assign(
        named=names[answer.named],
        listed=[names[chosen].tolist() for chosen in answer.chosen],
        **given,
    )
