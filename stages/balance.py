"""Balances the classes of the training fold, and of no other fold."""

import sys

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from imdb_genres.errors import UserError, shorten
from imdb_genres.io.parquet import copy_rows
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage

FILMS, BALANCED = DATA / "split.parquet", DATA / "balanced.parquet"
NOTABLE_LOSS = 0.5  # of the training descriptions; down-sampling that drops more says so


def main(params: Params) -> None:
    """Write the balanced training rows and the untouched validation rows, without the test rows."""
    folds, fold_names = read_codes("fold")
    labels, genres = read_codes("label")
    train = np.flatnonzero(folds == fold_names.index("train"))
    counts = np.bincount(labels[train], minlength=len(genres))
    if np.count_nonzero(counts) < 2:
        raise UserError(
            f"the training fold contains only {genres[counts.argmax()]}: add films, or lower "
            "label.min_films"
        )
    require_training_films()
    rows = balanced_rows(labels[train], params.balance.strategy, params.seed)
    validation = np.flatnonzero(folds == fold_names.index("validation"))
    copy_rows(FILMS, BALANCED, np.sort(np.concatenate([train[rows], validation])))
    print(f"balance: {len(train)} training descriptions -> {len(rows)} ({params.balance.strategy})")
    if len(rows) < (1 - NOTABLE_LOSS) * len(train):
        counted = {genres[code]: int(counts[code]) for code in np.flatnonzero(counts)}
        print(f"balance: {explain_loss(counted, len(rows))}", file=sys.stderr)


def require_training_films() -> None:
    """Raise UserError if no training film has one of the genres."""
    films = pq.read_table(FILMS, columns=["fold", "labels"])
    training = films.filter(pc.field("fold") == "train")
    everywhere, trained = (
        set(pc.list_flatten(table["labels"]).unique().to_pylist()) for table in (films, training)
    )
    if missing := sorted(everywhere - trained):
        raise UserError(
            f"{shorten(missing)}: test or validation films have this genre, but no training film "
            "has: raise label.min_films, or add films"
        )


def read_codes(column: str) -> tuple[np.ndarray, list[str]]:
    """Return a column as indexes of its sorted values, and these."""
    with pq.ParquetFile(FILMS, read_dictionary=[column]) as file:
        encoded = file.read([column])[column].unify_dictionaries().combine_chunks()
    order = pc.array_sort_indices(encoded.dictionary)
    index_of = np.argsort(order.to_numpy())
    return index_of[encoded.indices.to_numpy()], encoded.dictionary.take(order).to_pylist()


def balanced_rows(labels: np.ndarray, strategy: str, seed: int) -> np.ndarray:
    """Return sorted positions in ``labels``, repeated where a class is over-sampled."""
    rows = np.arange(len(labels))
    if strategy == "none":
        return rows
    # imported here so that invalid parameters are reported without waiting two seconds for scikit-learn
    from imblearn.over_sampling import RandomOverSampler
    from imblearn.under_sampling import RandomUnderSampler

    sampler_class = RandomUnderSampler if strategy == "downsample" else RandomOverSampler
    chosen, _ = sampler_class(random_state=seed).fit_resample(rows.reshape(-1, 1), labels)
    return np.sort(chosen.ravel())


def explain_loss(counts: dict[str, int], num_kept: int) -> str:
    """Return how much down-sampling drops, because of which genre, and what to do about it.

    ``counts`` holds the training descriptions of each genre, ``num_kept`` how many are left.
    """
    total = sum(counts.values())
    rarest, majority = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
    return (
        f"down-sampling drops {1 - num_kept / total:.0%} of the training descriptions: each of "
        f"{len(counts)} genres is cut to the {counts[rarest]} of {rarest}, the rarest "
        f"({majority}, the majority class, has {counts[majority]}). To learn from all of them run "
        "`imdb-genres experiments best`, or set balance.strategy: none; to drop fewer, raise "
        "label.min_films, which leaves out the rarest genres"
    )


if __name__ == "__main__":
    run_stage(main, "balance")
