"""Chooses which genres count, and which one stands for a film."""

import pandas as pd

from stages.errors import StageError
from stages.files import DATA
from stages.hashing import unit_hash
from stages.params import Params
from stages.parquet import copy_rows
from stages.runner import run

FILMS = DATA / "films.parquet"


def main(params: Params) -> None:
    """Add ``labels`` (the kept genres of a film) and ``label`` (the one that stands for it)."""
    films = pd.read_parquet(FILMS, columns=["film", "genres"])
    by_film = films.drop_duplicates("film").set_index("film")["genres"]
    films_of = kept_genres(by_film, params.label.min_films)
    if len(films_of) < 2:
        raise StageError(
            f"label.min_films: {params.label.min_films} leaves {len(films_of)} of the corpus's "
            f"{by_film.explode().nunique()} genres; two or more are needed: lower it, or bring more films"
        )
    labelled = add_labels(films, films_of, params.label.strategy, params.seed)
    rows, new = labelled.index.to_numpy(), labelled[["labels", "label"]]
    copy_rows(FILMS, DATA / "labelled.parquet", rows, **new)
    dropped = len(films) - len(labelled)
    print(
        f"label: {len(labelled)} descriptions in {len(films_of)} genres, dropped {dropped} of rarer genres"
    )


def kept_genres(genres: pd.Series, min_films: int) -> pd.Series:
    """Return the films of each kept genre, most first, a film of k kept genres counting 1/k.

    ``genres`` holds a list for each ``film`` of the index. The rarest genre is dropped, and its
    films counted for their others, until every genre has ``min_films``: as many as a random pick
    would give it, whatever the strategy and the seed.
    """
    pairs = genres.explode().rename("genre").reset_index()
    while True:
        share = 1 / pairs.groupby("film")["genre"].transform("size")
        films_of = share.groupby(pairs["genre"]).sum().round(6)  # sums of thirds, in any order
        films_of = films_of.sort_values(ascending=False, kind="stable")
        if films_of.empty or films_of.iloc[-1] >= min_films:
            return films_of
        pairs = pairs[pairs["genre"] != films_of.index[-1]]


def add_labels(films: pd.DataFrame, films_of: pd.Series, strategy: str, seed: int) -> pd.DataFrame:
    """Return the rows of ``films`` that have a kept genre, with ``labels`` and ``label``."""
    kept = set(films_of.index)
    labels = films["genres"].map(lambda genres: [genre for genre in genres if genre in kept])
    labelled = films.assign(labels=labels)[labels.str.len() > 0]
    rows = zip(labelled["labels"], labelled["film"], strict=True)
    return labelled.assign(
        label=[pick(labels, film, strategy, films_of, seed) for labels, film in rows]
    )


def pick(labels: list[str], film: str, strategy: str, films_of: pd.Series, seed: int) -> str:
    """Return the one of ``labels`` that stands for ``film``; ``all`` draws one too, for the scores.

    A draw is the label with the smallest hash: it changes only when that label goes, or a new one
    comes first.
    """
    if strategy == "first":
        return labels[0]
    if strategy == "rarest":
        return min(labels, key=lambda genre: (films_of[genre], genre))
    return min(labels, key=lambda genre: unit_hash(seed, "label", f"{film}/{genre}"))


if __name__ == "__main__":
    run(main)
