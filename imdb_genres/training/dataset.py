"""The tokenized rows of training and validation: data/tokens.npz and data/vocabulary.txt."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.io.npz import write_arrays
from imdb_genres.params.training import Train
from imdb_genres.text.ragged import RaggedArray
from imdb_genres.text.vocabulary import Vocabulary

TOKENS = "tokens.npz"
VOCABULARY = "vocabulary.txt"


@dataclass(frozen=True, eq=False)
class Subwords:
    """The rows as an encoder reads them: subword ids, and the ids that begin and end a chunk.

    ``weights`` is the sha256 of the encoder's weights.
    """

    rows: RaggedArray
    start: int
    end: int
    weights: str

    def check_weights(self, sha256: str) -> None:
        """Raise UserError if the encoder has other weights, whose tokenizer may have other ids."""
        if sha256 != self.weights:
            raise UserError(
                f"data/{TOKENS} was made for other weights of the encoder, before sources.yaml "
                "changed: give the new weights a new name there and in train.encoder.weights, or run "
                "`dvc repro --force --single-item tokenize`"
            )


@dataclass(frozen=True, eq=False)
class TokenizedDataset:
    """One row per description, training rows first.

    ``rows`` are word ids, ``genres`` the sorted names of K genres, ``label`` int16 (rows,) the
    drawn genre's index, ``labels`` bool (rows, K) all genres, ``is_validation`` bool (rows,).
    Architectures with an encoder need ``subwords`` too.
    """

    vocabulary: Vocabulary
    rows: RaggedArray
    genres: list[str]
    label: np.ndarray
    labels: np.ndarray
    is_validation: np.ndarray
    subwords: Subwords | None = None

    def folds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the row numbers of training and of validation."""
        return np.flatnonzero(~self.is_validation), np.flatnonzero(self.is_validation)

    def require_subwords(self, settings: Train) -> Subwords:
        """Return the subwords; raise UserError if the rows were tokenized for another architecture."""
        if self.subwords is None:
            raise UserError(
                f"data/{TOKENS} has no subwords for train.encoder.weights {settings.encoder.weights}: "
                "run `dvc repro tokenize` with train.architecture: encoder"
            )
        return self.subwords

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
            **self._subword_arrays(),
        )

    def _subword_arrays(self) -> dict[str, np.ndarray]:
        if not (subwords := self.subwords):
            return {}
        return {
            "subword_ids": subwords.rows.ids,
            "subword_offsets": subwords.rows.offsets,
            "chunk_ends": np.array([subwords.start, subwords.end]),
            "encoder_weights": np.array(subwords.weights),
        }

    @classmethod
    def read(cls, folder: Path) -> "TokenizedDataset":
        """Read what ``write`` wrote; raise UserError for a missing or corrupt vocabulary."""
        vocabulary = Vocabulary.read(folder / VOCABULARY)
        with np.load(folder / TOKENS) as tokens:
            return cls(
                vocabulary,
                RaggedArray(tokens["ids"], tokens["offsets"]),
                tokens["genres"].tolist(),
                tokens["label"],
                tokens["labels"],
                tokens["validation"],
                _read_subwords(tokens) if "subword_ids" in tokens else None,
            )


def _read_subwords(tokens: Mapping[str, np.ndarray]) -> Subwords:
    start, end = tokens["chunk_ends"].tolist()
    rows = RaggedArray(tokens["subword_ids"], tokens["subword_offsets"])
    return Subwords(rows, start, end, str(tokens["encoder_weights"]))
