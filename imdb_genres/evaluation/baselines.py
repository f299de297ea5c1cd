"""What the balance stage leaves for evaluate: a file of answers for each method."""

import numpy as np

from imdb_genres.evaluation.metrics import Answer
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.io.npz import write_arrays
from imdb_genres.paths import DATA

BASELINES = DATA / "baselines"
LOGISTIC, MAJORITY = "logistic_regression", "majority"


def write_baselines(answers: dict[str, Answer]) -> None:
    """Write what each method says of the test rows."""
    with atomic_replace(BASELINES) as folder:
        folder.mkdir()
        for method, answer in answers.items():
            write_arrays(folder / f"{method}.npz", **answer._asdict())


def read_baselines() -> dict[str, Answer]:
    """Return what each method says of the test rows, by name."""
    answers = {}
    for path in sorted(BASELINES.glob("*.npz")):
        with np.load(path) as arrays:
            answers[path.stem] = Answer(**arrays)
    return answers
