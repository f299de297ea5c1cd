"""Divides the films into training, validation and test folds."""

from collections import Counter, defaultdict
from collections.abc import Mapping

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.hashing import unit_hash
from imdb_genres.io.parquet import columns, copy_rows
from imdb_genres.near_duplicates.groups import group_films
from imdb_genres.params.schema import Params, Split
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage

FILMS = DATA / "labelled.parquet"
FOLDS = ["train", "validation", "test"]


def main(params: Params) -> None:
    """Add ``fold`` to every description; those of one film, and of alike films, share it."""
    films, *about = columns(FILMS, "film", "title", "year", "text")
    alike = params.split.group == "text"
    groups = group_films(films, *about) if alike else dict(zip(films, films, strict=True))
    folds = assign_folds(groups, params.split, params.seed)
    fold = [folds[film] for film in films]
    counts = {name: fold.count(name) for name in FOLDS}
    if not all(counts.values()):
        raise UserError(
            f"a fold is empty {counts}: bring more films, or change split.test and split.validation"
        )
    copy_rows(FILMS, DATA / "split.parquet", np.arange(len(fold)), fold=fold)
    print(f"split: {counts}")
    if alike:
        several, parted = count_groups(groups, params.split, params.seed)
        print(f"split: {several} groups of alike films, {parted} kept from being parted")


def assign_folds(groups: Mapping[str, str], shares: Split, seed: int) -> dict[str, str]:
    """Return the fold of each film, which ``groups`` ties to the name of its group."""
    return {film: assign_fold(group, shares, seed) for film, group in groups.items()}


def assign_fold(group: str, shares: Split, seed: int) -> str:
    """Return the fold of ``group``: a hash, so that it stays when other films come or go."""
    place = unit_hash(seed, "split", group)
    if place < shares.test:
        return "test"
    return "validation" if place < shares.test + shares.validation else "train"


def count_groups(groups: Mapping[str, str], shares: Split, seed: int) -> tuple[int, int]:
    """Count the groups of several films, and those that film by film would cross folds."""
    sizes = Counter(groups.values())
    folds: defaultdict[str, set[str]] = defaultdict(set)
    for film, group in groups.items():
        if sizes[group] > 1:
            folds[group].add(assign_fold(film, shares, seed))
    return len(folds), sum(len(crossed) > 1 for crossed in folds.values())


if __name__ == "__main__":
    run_stage(main, "split")
