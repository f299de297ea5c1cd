"""Makes the classes equal in the training fold, and only there."""

import numpy as np
import pandas as pd
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler

from stages.files import DATA, replacing
from stages.params import Params
from stages.runner import run

SAMPLERS = {"downsample": RandomUnderSampler, "oversample": RandomOverSampler}


def main(params: Params) -> None:
    """Write the balanced training rows and the untouched validation rows; test rows stay behind."""
    films = pd.read_parquet(DATA / "split.parquet")
    train = films[films["fold"] == "train"]
    rows = balanced_rows(train["label"], params.balance.strategy, params.seed)
    balanced = pd.concat([train.iloc[rows], films[films["fold"] == "validation"]])
    with replacing(DATA / "balanced.parquet") as temporary:
        balanced.to_parquet(temporary, index=False)
    print(f"balance: {len(train)} training descriptions -> {len(rows)} ({params.balance.strategy})")


def balanced_rows(labels: pd.Series, strategy: str, seed: int) -> np.ndarray:
    """Return sorted positions in ``labels``, repeated where a class is over-sampled."""
    rows = np.arange(len(labels))
    if strategy == "none":
        return rows
    sampler = SAMPLERS[strategy](random_state=seed)
    chosen, _ = sampler.fit_resample(rows.reshape(-1, 1), labels)
    return np.sort(chosen.ravel())


if __name__ == "__main__":
    run(main)
