"""Makes the classes equal in the training fold, and only there."""

import numpy as np
import pyarrow.parquet as pq

from stages.errors import StageError
from stages.files import DATA
from stages.params import Params
from stages.parquet import copy_rows
from stages.runner import run

FILMS = DATA / "split.parquet"


def main(params: Params) -> None:
    """Write the balanced training rows and the untouched validation rows; test rows stay behind."""
    films = pq.read_table(FILMS, columns=["fold", "label"])
    fold = films["fold"].to_numpy()
    train = np.flatnonzero(fold == "train")
    labels = films["label"].to_numpy()[train]
    rows = balanced_rows(labels, params.balance.strategy, params.seed)
    kept = np.sort(np.concatenate([train[rows], np.flatnonzero(fold == "validation")]))
    copy_rows(FILMS, DATA / "balanced.parquet", kept)
    print(f"balance: {len(train)} training descriptions -> {len(rows)} ({params.balance.strategy})")


def balanced_rows(labels: np.ndarray, strategy: str, seed: int) -> np.ndarray:
    """Return sorted positions in ``labels``, repeated where a class is over-sampled."""
    rows = np.arange(len(labels))
    if strategy == "none":
        return rows
    if len(genres := np.unique(labels)) < 2:
        raise StageError(
            f"the training fold holds no genre but {', '.join(genres)}: bring more films, or lower "
            "label.min_films"
        )
    # these import all of scikit-learn, two seconds that "none" does not need
    from imblearn.over_sampling import RandomOverSampler
    from imblearn.under_sampling import RandomUnderSampler

    kind = RandomUnderSampler if strategy == "downsample" else RandomOverSampler
    sampler = kind(random_state=seed)
    chosen, _ = sampler.fit_resample(rows.reshape(-1, 1), labels)
    return np.sort(chosen.ravel())


if __name__ == "__main__":
    run(main, pandas=False)
