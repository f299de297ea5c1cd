"""The tokenized rows of training and validation: data/tokens.npz and data/vocabulary.txt."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imdb_genres.io.npz import write_arrays
from imdb_genres.text.ragged import RaggedArray
from imdb_genres.text.vocabulary import Vocabulary

TOKENS = "tokens.npz"
VOCABULARY = "vocabulary.txt"


@dataclass(frozen=True, eq=False)
class TokenizedDataset:
    """One row per description, training rows first.

    ``rows`` are word ids, ``genres`` the sorted names of K genres, ``label`` int16 (rows,) the
    drawn genre's index, ``labels`` bool (rows, K) all genres, ``is_validation`` bool (rows,).
    """

    vocabulary: Vocabulary
    rows: RaggedArray
    genres: list[str]
    label: np.ndarray
    labels: np.ndarray
    is_validation: np.ndarray

    def folds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of the training and of the validation rows."""
        return np.flatnonzero(~self.is_validation), np.flatnonzero(self.is_validation)

    def write(self, folder: Path) -> None:
        """Write tokens.npz and vocabulary.txt to ``folder``."""
        self.vocabulary.write(folder / VOCABULARY)
        write_arrays(
            folder / TOKENS,
            ids=self.rows.ids,
            offsets=self.rows.offsets,
            genres=np.array(self.genres),
            label=self.label,
            labels=self.labels,
            validation=self.is_validation,
        )

    @classmethod
    def read(cls, folder: Path) -> "TokenizedDataset":
        """Read what ``write`` wrote; raise UserError for a missing or damaged vocabulary."""
        vocabulary = Vocabulary.read(folder / VOCABULARY)
        with np.load(folder / TOKENS) as tokens:
            return cls(
                vocabulary,
                RaggedArray(tokens["ids"], tokens["offsets"]),
                tokens["genres"].tolist(),
                tokens["label"],
                tokens["labels"],
                tokens["validation"],
            )
