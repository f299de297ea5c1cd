"""Divides the films into training, validation and test folds."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imdb_genres.errors import UserError
from imdb_genres.hashing import unit_hash
from imdb_genres.io.parquet import copy_rows, read_row_groups
from imdb_genres.near_duplicates.groups import group_films, work_id
from imdb_genres.params.schema import Params, Split
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage

FILMS = DATA / "labelled.parquet"
FOLDS = ["train", "validation", "test"]


def main(params: Params) -> None:
    """Add ``fold`` to every description; those of one film, and of its near-duplicates, share it."""
    keys, films = number_films()
    by_text = params.split.group == "text"
    groups = (
        group_films(films, read_works(), read_texts(), DATA) if by_text else np.arange(len(keys))
    )
    folds = assign_folds(keys, groups, params.split, params.seed)[films]
    counts = dict(zip(FOLDS, np.bincount(folds, minlength=len(FOLDS)).tolist(), strict=True))
    if not all(counts.values()):
        raise UserError(explain_empty_fold(counts, len(keys), len(np.unique(groups))))
    copy_rows(FILMS, DATA / "split.parquet", np.arange(len(folds)), fold=np.array(FOLDS)[folds])
    print(f"split: {counts}")
    if by_text:
        num_groups, num_split = count_groups(keys, groups, params.split, params.seed)
        print(
            f"split: {num_groups} groups of near-duplicate films; {num_split} would otherwise have been "
            "split across folds"
        )


def explain_empty_fold(counts: dict[str, int], num_films: int, num_groups: int) -> str:
    """Return which fold is empty, and why: too few films, or too many near-duplicates."""
    if num_groups * 2 <= num_films:
        return (
            f"a fold is empty {counts}: by their texts and titles the {num_films} films are only "
            f"{num_groups} groups of near-duplicates, which share a fold; check the texts, add "
            "films with other texts, or set split.group: film"
        )
    return f"a fold is empty {counts}: add films, or change split.test and split.validation"


def number_films() -> tuple[pa.StringArray, np.ndarray]:
    """Return the sorted keys of the films, and the index of each description's film in them."""
    chunks = [part["film"] for part in read_row_groups(FILMS, ["film"])]
    encoded = pa.concat_arrays(c for chunk in chunks for c in chunk.chunks).dictionary_encode()
    order = pc.array_sort_indices(encoded.dictionary)
    index_of = np.empty(len(order), np.int32)
    index_of[order.to_numpy()] = np.arange(len(order))
    return encoded.dictionary.take(order), index_of[encoded.indices.to_numpy()]


def read_works() -> np.ndarray:
    """Return the ``work_id`` of each description's film, uint64."""
    rows = (part.to_pydict() for part in read_row_groups(FILMS, ["title", "year"]))
    ids = (work_id(*about) for row in rows for about in zip(row["title"], row["year"], strict=True))
    return np.fromiter(ids, np.uint64)


def read_texts() -> Iterator[str]:
    """Yield the descriptions, with one row group in memory at a time."""
    for part in read_row_groups(FILMS, ["text"]):
        yield from part["text"].to_pylist()


def assign_folds(keys: pa.StringArray, groups: np.ndarray, shares: Split, seed: int) -> np.ndarray:
    """Return the fold of each film as an index of FOLDS, int8: that of its group's key.

    ``groups`` int (films,) is the group of each film: the index in ``keys`` of its first film.
    """
    folds = np.zeros(len(keys), np.int8)
    leaders = np.unique(groups)
    for leader, key in zip(leaders, keys.take(pa.array(leaders)), strict=True):
        folds[leader] = FOLDS.index(assign_fold(key.as_py(), shares, seed))
    fold_of_film: np.ndarray = folds[groups]
    return fold_of_film


def assign_fold(group: str, shares: Split, seed: int) -> str:
    """Return the fold of ``group``, by its hash: adding or removing other films does not change it."""
    position = unit_hash(seed, "split", group)
    if position < shares.test:
        return "test"
    return "validation" if position < shares.test + shares.validation else "train"


def count_groups(
    keys: pa.StringArray, groups: np.ndarray, shares: Split, seed: int
) -> tuple[int, int]:
    """Count the groups of two or more films, and those that splitting by film would divide."""
    shared = np.bincount(groups, minlength=len(keys)) > 1
    members = np.flatnonzero(shared[groups])
    alone = assign_folds(keys.take(pa.array(members)), np.arange(len(members)), shares, seed)
    pairs = np.unique(np.stack([groups[members], alone]), axis=1)
    crossing = np.bincount(pairs[0].astype(np.int64), minlength=1) > 1
    return int(shared.sum()), int(crossing.sum())


if __name__ == "__main__":
    run_stage(main, "split")
