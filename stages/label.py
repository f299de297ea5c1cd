"""Chooses which genres count, and which one stands for a film."""

import pandas as pd

from stages.errors import StageError
from stages.files import DATA, replacing
from stages.hashing import unit_hash
from stages.params import Params
from stages.runner import run


def main(params: Params) -> None:
    """Add ``labels`` (the kept genres of a film) and ``label`` (the one that stands for it)."""
    films = pd.read_parquet(DATA / "films.parquet")
    by_film = films.drop_duplicates("film").set_index("film")["genres"]
    weights = kept_genres(by_film, params.label.min_films)
    if len(weights) < 2:
        raise StageError(
            f"label.min_films: {params.label.min_films} leaves {len(weights)} of the corpus's genres; "
            "two or more are needed: lower it, or bring more films"
        )
    labels = films["genres"].map(
        lambda genres: [genre for genre in genres if genre in weights.index]
    )
    labelled = films.assign(labels=labels)[labels.str.len() > 0]
    labelled["label"] = [
        pick(labels, film, params.label.strategy, weights, params.seed)
        for labels, film in zip(labelled["labels"], labelled["film"], strict=True)
    ]
    with replacing(DATA / "labelled.parquet") as temporary:
        labelled.to_parquet(temporary, index=False)
    dropped = len(films) - len(labelled)
    print(
        f"label: {len(labelled)} descriptions in {len(weights)} genres, dropped {dropped} of rarer genres"
    )


def kept_genres(genres: pd.Series, min_films: int) -> pd.Series:
    """Return the films of each kept genre, most first, a film of k kept genres counting 1/k.

    The rarest genre is dropped, and its films counted for their others, until every genre has
    ``min_films``: as many as a random pick would give it, whatever the strategy and the seed.
    """
    pairs = genres.explode().rename("genre").reset_index()
    while True:
        share = 1 / pairs.groupby("film")["genre"].transform("size")
        weights = share.groupby(pairs["genre"]).sum().sort_values(ascending=False, kind="stable")
        if weights.empty or weights.iloc[-1] >= min_films:
            return weights
        pairs = pairs[pairs["genre"] != weights.index[-1]]


def pick(labels: list[str], film: str, strategy: str, weights: pd.Series, seed: int) -> str:
    """Return the one of ``labels`` that stands for ``film``; ``all`` draws one too, for the scores."""
    if strategy == "first":
        return labels[0]
    if strategy == "rarest":
        return min(labels, key=lambda genre: (weights[genre], genre))
    return sorted(labels)[int(unit_hash(seed, "label", film) * len(labels))]


if __name__ == "__main__":
    run(main)
