"""A search whose trials take no training: the score is a function of the parameters."""

import os
import time
from pathlib import Path
from typing import Any

from imdb_genres.params.search import Search
from imdb_genres.search.trial_result import Trial, TrialResult

SPACE: dict[str, Any] = {
    "train.architecture": ["mlp", "cnn"],
    "train.learning_rate": {"low": 0.001, "high": 1.0, "log": True},
    "train.epochs": {"low": 1, "high": 20},
    "train.input_dropout": {"low": 0.0, "high": 0.9, "when": {"train.architecture": "cnn"}},
    "train.units": [[], [8], [16, 8]],
}


def settings_with(**changes: Any) -> Search:
    """Return a search of twelve trials in rounds of four."""
    return Search.model_validate({"trials": 12, "at_once": 4, "space": SPACE, **changes})


class FakeTrial:
    """Scores a trial; ``seconds`` is how long that takes, later trials of a round being faster.

    ``kill_at`` kills the whole search when that trial is reached, unless the file ``killed`` exists.
    """

    def __init__(self, seconds: float = 0, kill_at: int | None = None, killed: Path = Path()):
        self.seconds = seconds
        self.kill_at = kill_at
        self.killed = killed

    def __call__(self, trial: Trial) -> TrialResult:
        """Return the result of ``trial``."""
        time.sleep(self.seconds * (4 - trial.number % 4))
        if trial.number == self.kill_at and not self.killed.exists():
            self.killed.touch()
            os.kill(os.getppid(), 9)
            time.sleep(60)
        values = trial.params
        score = 1 / (1 + abs(values["train.epochs"] - 7)) - values["train.learning_rate"]
        return TrialResult(trial.number, values, score + values.get("train.input_dropout", 0) / 10)
