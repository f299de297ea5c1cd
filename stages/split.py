"""Divides the films into training, validation and test folds."""

from collections import Counter, defaultdict
from collections.abc import Mapping

import numpy as np

from stages.alike.groups import group_films
from stages.errors import StageError
from stages.files import DATA
from stages.hashing import unit_hash
from stages.params import Params, Split
from stages.parquet import columns, copy_rows
from stages.runner import run

FILMS = DATA / "labelled.parquet"
FOLDS = ["train", "validation", "test"]


def main(params: Params) -> None:
    """Add ``fold`` to every description; those of one film, and of alike films, share it."""
    films, *about = columns(FILMS, "film", "title", "year", "text")
    alike = params.split.group == "text"
    groups = group_films(films, *about) if alike else dict(zip(films, films, strict=True))
    folds = folds_of(groups, params.split, params.seed)
    fold = [folds[film] for film in films]
    counts = {name: fold.count(name) for name in FOLDS}
    if not all(counts.values()):
        raise StageError(
            f"a fold is empty {counts}: bring more films, or change split.test and split.validation"
        )
    copy_rows(FILMS, DATA / "split.parquet", np.arange(len(fold)), fold=fold)
    print(f"split: {counts}")
    if alike:
        several, parted = count_groups(groups, params.split, params.seed)
        print(f"split: {several} groups of alike films, {parted} kept from being parted")


def folds_of(groups: Mapping[str, str], shares: Split, seed: int) -> dict[str, str]:
    """Return the fold of each film, which ``groups`` ties to the name of its group."""
    return {film: fold_of(group, shares, seed) for film, group in groups.items()}


def fold_of(group: str, shares: Split, seed: int) -> str:
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
            folds[group].add(fold_of(film, shares, seed))
    return len(folds), sum(len(crossed) > 1 for crossed in folds.values())


if __name__ == "__main__":
    run(main, pandas=False)
