"""Divides the films into training, validation and test folds."""

import numpy as np
import pandas as pd

from stages.alike.groups import group_films
from stages.errors import StageError
from stages.files import DATA
from stages.hashing import unit_hash
from stages.params import Params, Split
from stages.parquet import copy_rows
from stages.runner import run

FILMS = DATA / "labelled.parquet"
FOLDS = ["train", "validation", "test"]


def main(params: Params) -> None:
    """Add ``fold`` to every description; those of one film, and of alike films, share it."""
    films = pd.read_parquet(FILMS, columns=["film", "title", "year", "text"])
    keys = pd.Series(films["film"].unique())
    groups = group_films(films) if params.split.group == "text" else keys.set_axis(keys)
    fold = films["film"].map(folds_of(groups, params.split, params.seed))
    counts = fold.value_counts().reindex(FOLDS, fill_value=0)
    if not counts.all():
        raise StageError(
            f"a fold is empty {counts.to_dict()}: bring more films, or change split.test and "
            "split.validation"
        )
    copy_rows(FILMS, DATA / "split.parquet", np.arange(len(fold)), fold=fold)
    print(f"split: {counts.to_dict()}")
    if params.split.group == "text":
        several, parted = count_groups(groups, params.split, params.seed)
        print(f"split: {several} groups of alike films, {parted} kept from being parted")


def folds_of(groups: pd.Series, shares: Split, seed: int) -> pd.Series:
    """Return the fold of each group name, with the index of ``groups``."""
    return groups.map(lambda group: fold_of(group, shares, seed))


def fold_of(group: str, shares: Split, seed: int) -> str:
    """Return the fold of ``group``: a hash, so that it stays when other films come or go."""
    place = unit_hash(seed, "split", group)
    if place < shares.test:
        return "test"
    return "validation" if place < shares.test + shares.validation else "train"


def count_groups(groups: pd.Series, shares: Split, seed: int) -> tuple[int, int]:
    """Count the groups of several films, and those that film by film would cross folds."""
    together = groups[groups.duplicated(keep=False)]
    alone = folds_of(together.index.to_series(), shares, seed)
    folds = alone.groupby(together).nunique()
    return len(folds), int((folds > 1).sum())


if __name__ == "__main__":
    run(main)
