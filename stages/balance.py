"""Balance the classes of the training fold, and of no other fold."""

import numpy as np
import pyarrow.parquet as pq

from imdb_genres.errors import UserError
from imdb_genres.io.parquet import copy_rows
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage

FILMS, BALANCED = DATA / "split.parquet", DATA / "balanced.parquet"


def main(params: Params) -> None:
    """Write the balanced training rows and the untouched validation rows, without the test rows."""
    films = pq.read_table(FILMS, columns=["fold", "label"])
    fold = films["fold"].to_numpy()
    train = np.flatnonzero(fold == "train")
    labels = films["label"].to_numpy()[train]
    rows = balanced_rows(labels, params.balance.strategy, params.seed)
    kept = np.sort(np.concatenate([train[rows], np.flatnonzero(fold == "validation")]))
    copy_rows(FILMS, BALANCED, kept)
    print(f"balance: {len(train)} training descriptions -> {len(rows)} ({params.balance.strategy})")


def balanced_rows(labels: np.ndarray, strategy: str, seed: int) -> np.ndarray:
    """Return sorted positions in ``labels``, repeated where a class is over-sampled."""
    if len(genres := np.unique(labels)) < 2:
        raise UserError(
            f"the training fold holds no genre but {', '.join(genres)}: bring more films, or lower "
            "label.min_films"
        )
    rows = np.arange(len(labels))
    if strategy == "none":
        return rows
    # these import all of scikit-learn, two seconds that a mistake in params.yaml does not wait for
    from imblearn.over_sampling import RandomOverSampler
    from imblearn.under_sampling import RandomUnderSampler

    kind = RandomUnderSampler if strategy == "downsample" else RandomOverSampler
    sampler = kind(random_state=seed)
    chosen, _ = sampler.fit_resample(rows.reshape(-1, 1), labels)
    return np.sort(chosen.ravel())


if __name__ == "__main__":
    run_stage(main, "balance")
