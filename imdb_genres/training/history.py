"""How a training went: epoch by epoch in a file, and in a sentence."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from imdb_genres.io.atomic import atomic_replace

Row = dict[str, float]  # an epoch's number, its losses and its accuracies

FEW_WORDS = 3


def write_history(path: Path, history: Sequence[Row]) -> None:
    """Write one line an epoch: losses with penalties, and accuracies, while and after learning."""
    with (
        atomic_replace(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.DictWriter(file, history[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(history)


def summary(history: Sequence[Row], kept: int) -> str:
    """Return what the training did; ``kept`` is the number of the epoch whose weights count."""
    row = history[kept - 1]
    return (
        f"{len(history)} epochs, kept epoch {kept}: accuracy {row['accuracy/train']:.3f} in "
        f"training, {row['accuracy/validation']:.3f} in validation"
    )


def collapse_warning(
    logits: np.ndarray, genres: Sequence[str], words_per_text: float
) -> str | None:
    """Return a warning if a network with these validation ``logits`` names one genre only."""
    named = np.unique(logits.argmax(axis=1))
    if len(named) > 1:
        return None
    advice = "Lower train.l1 (0.15 always does this), train.dropout or train.learning_rate"
    if words_per_text < FEW_WORDS:
        advice = (
            f"A description has only {words_per_text:.1f} known words on average: where words are "
            "written without spaces (Chinese, Japanese, Thai), put spaces between them first"
        )
    return (
        f"train: the network has collapsed: it names {genres[named[0]]} for all {len(logits)} "
        f"validation descriptions and has learnt nothing. {advice}"
    )
