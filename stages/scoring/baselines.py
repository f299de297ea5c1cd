"""What the balance stage leaves for evaluate: a file of answers for each method."""

import numpy as np

from stages.arrays import write_arrays
from stages.files import DATA, replacing
from stages.scoring.scores import Answer

BASELINES = DATA / "baselines"
LOGISTIC, MAJORITY = "logistic_regression", "majority"


def write_baselines(answers: dict[str, Answer]) -> None:
    """Write what each method says of the test rows."""
    with replacing(BASELINES) as folder:
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
