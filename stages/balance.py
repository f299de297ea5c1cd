"""Makes the classes equal in the training fold, and only there; fits on it what a model has to beat."""

import numpy as np
import pyarrow.parquet as pq

from stages.errors import StageError
from stages.files import DATA
from stages.params import Params
from stages.parquet import copy_rows
from stages.runner import run
from stages.scoring.baselines import write_baselines

FILMS, BALANCED = DATA / "split.parquet", DATA / "balanced.parquet"


def main(params: Params) -> None:
    """Write the balanced training rows and the untouched validation rows; test rows stay behind.

    What the baselines, fitted on what is written, say of the test rows goes to data/baselines/.
    """
    films = pq.read_table(FILMS, columns=["fold", "label"])
    fold = films["fold"].to_numpy()
    train = np.flatnonzero(fold == "train")
    labels = films["label"].to_numpy()[train]
    rows = balanced_rows(labels, params.balance.strategy, params.seed)
    kept = np.sort(np.concatenate([train[rows], np.flatnonzero(fold == "validation")]))
    copy_rows(FILMS, BALANCED, kept)
    print(f"balance: {len(train)} training descriptions -> {len(rows)} ({params.balance.strategy})")
    from stages.baselines import fit_baselines  # late, as scikit-learn below

    write_baselines(fit_baselines(BALANCED, FILMS))


def balanced_rows(labels: np.ndarray, strategy: str, seed: int) -> np.ndarray:
    """Return sorted positions in ``labels``, repeated where a class is over-sampled."""
    if len(genres := np.unique(labels)) < 2:
        raise StageError(
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
    run(main, pandas=False)
