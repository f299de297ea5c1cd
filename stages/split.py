"""Divides the films into training, validation and test folds."""

import pandas as pd

from stages.errors import StageError
from stages.files import DATA, replacing
from stages.hashing import unit_hash
from stages.params import Params, Split
from stages.runner import run

FOLDS = ["train", "validation", "test"]


def main(params: Params) -> None:
    """Add ``fold`` to every description; those of one film share it."""
    films = pd.read_parquet(DATA / "labelled.parquet")
    films["fold"] = films["film"].map(
        {film: fold_of(film, params.split, params.seed) for film in films["film"].unique()}
    )
    counts = films["fold"].value_counts().reindex(FOLDS, fill_value=0)
    if not counts.all():
        raise StageError(
            f"a fold is empty ({counts.to_dict()}): more films or other shares are needed"
        )
    with replacing(DATA / "split.parquet") as temporary:
        films.to_parquet(temporary, index=False)
    print(f"split: {counts.to_dict()}")


def fold_of(film: str, shares: Split, seed: int) -> str:
    """Return the fold of ``film``: a hash, so that it stays when other films come or go."""
    place = unit_hash(seed, "split", film)
    if place < shares.test:
        return "test"
    return "validation" if place < shares.test + shares.validation else "train"


if __name__ == "__main__":
    run(main)
