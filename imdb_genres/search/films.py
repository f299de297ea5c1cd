"""The training and validation films of a search, and the folds on which its trials are validated."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from imdb_genres.errors import UserError
from imdb_genres.hashing import unit_hash
from imdb_genres.near_duplicates.groups import group_films, work_id
from imdb_genres.params.schema import Split

NO_FOLD = -1


@dataclass(frozen=True, eq=False)
class SearchFilms:
    """The descriptions of all films but the test fold's: n rows, K genres.

    ``film`` int (n,) numbers the films from 0; ``label`` int16 (n,) and ``labels`` bool (n, K) are
    as in data/tokens.npz. A trial's f-th training is validated on the rows with ``fold`` int (n,) f
    and trained on all others; fold 0 is the pipeline's validation fold.
    """

    texts: list[str]
    film: np.ndarray
    label: np.ndarray
    labels: np.ndarray
    genres: list[str]
    fold: np.ndarray

    def rows(self, fold: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the training and the validation rows of ``fold``, in the order of the table."""
        return np.flatnonzero(self.fold != fold), np.flatnonzero(self.fold == fold)


def read_films(path: Path, split: Split, seed: int, folds: int) -> SearchFilms:
    """Read the balanced films, divided into the pipeline's validation fold and ``folds - 1`` more.

    Raises UserError if there are too few training films for that many folds of that size.
    """
    table = pq.read_table(path)
    label, labels = table["label"].to_pylist(), table["labels"].to_pylist()
    genres = sorted(set().union(*labels))
    texts = table["text"].to_pylist()
    keys, film = np.unique(table["film"].to_numpy().astype(str), return_inverse=True)
    fold = np.where(table["fold"].to_numpy() == "validation", 0, NO_FOLD)
    if folds > 1:
        groups = np.arange(len(keys))
        if split.group == "text":
            titles, years = table["title"].to_pylist(), table["year"].to_pylist()
            works = np.array(list(map(work_id, titles, years)), np.uint64)
            groups = group_films(film, works, texts)
        fold = add_folds(fold, film, keys[groups], seed, folds)
    return SearchFilms(
        texts=texts,
        film=film,
        label=np.array([genres.index(genre) for genre in label], np.int16),
        labels=np.array([[genre in listed for genre in genres] for listed in labels]),
        genres=genres,
        fold=fold,
    )


def add_folds(
    fold: np.ndarray, film: np.ndarray, groups: np.ndarray, seed: int, folds: int
) -> np.ndarray:
    """Return ``fold`` with training films moved to the folds 1 to ``folds - 1``.

    Each is about as large as fold 0. Films with the same of ``groups`` str (films,) share a fold.
    """
    training, validation = np.unique(film[fold != 0]), np.unique(film[fold == 0])
    possible = 1 + len(training) // len(validation)
    if folds > possible:
        raise UserError(
            f"search.folds is {folds}, but there are films for {possible} folds of the size of the "
            "validation fold: lower it, or split.validation"
        )
    share = len(validation) / len(training)
    drawn = np.full(len(groups), NO_FOLD)
    for index in training:
        number = 1 + int(unit_hash(seed, "search fold", str(groups[index])) / share)
        drawn[index] = number if number < folds else NO_FOLD
    return np.where(fold == 0, 0, drawn[film])
