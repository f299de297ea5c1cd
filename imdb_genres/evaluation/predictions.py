"""Predictions of the test descriptions; the format of data/evaluation/predictions.parquet."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
import pandas as pd

from imdb_genres.errors import UserError, shorten
from imdb_genres.evaluation.metrics import Predictions, Truth
from imdb_genres.hashing import short_hash

PREDICTIONS = "evaluation/predictions.parquet"  # inside data/, and inside an MLflow run
PREFIX = "probability_"  # so that a genre's column cannot have another column's name
COLUMNS = ["film", "text_hash", "label", "labels", "predicted", "predicted_labels"]
# the columns of the format before: no text_hash, and a genre's column had the genre's name
OLD_COLUMNS = {"named": "predicted", "listed": "predicted_labels"}


@dataclass(frozen=True)
class PredictionTable:
    """A row for each description: true and predicted genres, and each genre's probability."""

    rows: pd.DataFrame  # COLUMNS; text_hash may be missing in files of earlier versions
    probabilities: pd.DataFrame  # float32, a column for each genre

    @property
    def genres(self) -> list[str]:
        """The genres that the model chose among."""
        return [str(genre) for genre in self.probabilities]

    @classmethod
    def of(cls, films: pd.DataFrame, predictions: Predictions, genres: list[str]) -> Self:
        """Return the predictions of the rows ``films``."""
        names = np.array(genres)
        rows = films[["film", "label", "labels"]].assign(
            text_hash=[short_hash(text) for text in films["text"]],
            predicted=names[predictions.predicted],
            predicted_labels=[names[listed].tolist() for listed in predictions.predicted_labels],
        )
        values = predictions.probabilities.astype(np.float32)
        return cls(rows[COLUMNS], pd.DataFrame(values, films.index, genres))

    def write(self, path: Path) -> None:
        """Write the table as a Parquet file."""
        self.rows.join(self.probabilities.add_prefix(PREFIX)).to_parquet(path, index=False)

    @classmethod
    def read(cls, file: Path | BinaryIO) -> Self:
        """Read what this or an earlier version wrote; raise ValueError for any other file."""
        table = pd.read_parquet(file)
        if "named" in table:
            table = table.rename(columns=OLD_COLUMNS)
            genres = [column for column in table if column not in COLUMNS]
            probabilities = table[genres]
        else:
            probabilities = table.filter(regex=f"^{PREFIX}")
            probabilities = probabilities.set_axis(
                [str(name).removeprefix(PREFIX) for name in probabilities], axis=1
            )
        if missing := {"film", "labels", "predicted"} - set(table):
            raise ValueError(f"predictions without the columns {', '.join(sorted(missing))}")
        return cls(table[[name for name in COLUMNS if name in table]], probabilities)


def ground_truth(films: pd.DataFrame, genres: list[str]) -> Truth:
    """Return the true genres of the rows ``films``; raise UserError for a genre not in ``genres``."""
    if unknown := sorted(set(films["labels"].explode()) - set(genres)):
        raise UserError(
            f"{shorten(unknown)}: films have this genre, but the model does not know it: train it "
            "on these films (`dvc repro`)"
        )
    return Truth(
        film=pd.factorize(films["film"], sort=True)[0],  # the order that comparisons resample
        label=films["label"].map(genres.index).to_numpy(),
        labels=np.array([[genre in listed for genre in genres] for listed in films["labels"]]),
    )
