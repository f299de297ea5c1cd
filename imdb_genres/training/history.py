"""The learning curves of a training: metrics/history.csv."""

import csv
from collections.abc import Iterable
from pathlib import Path

from imdb_genres.io.atomic import atomic_replace

EpochMetrics = dict[str, float]  # the epoch's number, from 1, its losses and its accuracies
LOSS = "loss/validation"
DIGITS = 6  # processors differ in later ones


def epoch_metrics(
    epoch: int, training: tuple[float, float], validation: tuple[float, float]
) -> EpochMetrics:
    """Return the metrics of an epoch from the loss, penalties included, and accuracy of both folds.

    They are rounded, so that early stopping decides the same on every processor.
    """
    return {
        "epoch": epoch,
        "loss/train": round(training[0], DIGITS),
        LOSS: round(validation[0], DIGITS),
        "accuracy/train": round(training[1], DIGITS),
        "accuracy/validation": round(validation[1], DIGITS),
    }


class History:
    """One EpochMetrics for each epoch, in order."""

    def __init__(self, epochs: Iterable[EpochMetrics] = ()) -> None:
        self.epochs = list(epochs)

    def __len__(self) -> int:
        return len(self.epochs)

    def write(self, path: Path) -> None:
        """Write one line per epoch; there must be one or more."""
        with (
            atomic_replace(path) as temporary,
            temporary.open("w", newline="", encoding="utf-8") as file,
        ):
            writer = csv.DictWriter(file, self.epochs[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.epochs)
