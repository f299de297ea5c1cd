"""Epoch after epoch: in what order, what is kept, and when to stop."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.params.training import Train
from imdb_genres.training.history import Row
from imdb_genres.training.trainer import Trainer


@dataclass
class Progress:
    """How far a training has come; with the network's and the optimizer's numbers all of its state."""

    history: list[Row] = field(default_factory=list)
    best_loss: float = np.inf
    best_weights: list[np.ndarray] = field(default_factory=list)
    best_epoch: int = 0  # 0 = whatever comes last

    @property
    def epoch(self) -> int:
        """The number of finished epochs."""
        return len(self.history)

    @property
    def kept(self) -> int:
        """The number of the epoch whose weights count."""
        return self.best_epoch or self.epoch


def training_loop(
    trainer: Trainer,
    progress: Progress,
    folds: tuple[np.ndarray, np.ndarray],
    settings: Train,
    seed: int,
) -> Iterator[Row]:
    """Train epoch after epoch, until ``epochs`` or ``patience`` ends it; yield history's new row.

    ``folds`` are the training and the validation rows. The order of rows and the dropout of an
    epoch depend on ``seed`` and the epoch's number alone, so a training that was interrupted goes
    on as if it had not been.
    """
    training, validation = folds
    while not finished(progress, settings.epochs, settings.patience):
        start_epoch(trainer.network, seed, progress.epoch)
        order = np.random.default_rng([seed, progress.epoch]).permutation(training)
        learnt = trainer.train(order, settings.batch_size)
        if not np.isfinite(learnt[0]):
            raise UserError(
                f"the loss is {learnt[0]} in epoch {progress.epoch + 1}: the numbers have grown "
                "beyond all bounds; lower train.learning_rate"
            )
        loss, accuracy = trainer.validate(validation)
        row = history_row(progress.epoch + 1, learnt, (loss, accuracy))
        progress.history.append(row)
        if settings.patience and loss < progress.best_loss:
            progress.best_loss, progress.best_epoch = loss, progress.epoch
            progress.best_weights = trainer.network.get_weights()
        yield row


def history_row(epoch: int, training: tuple[float, float], validation: tuple[float, float]) -> Row:
    """Return a line of history from the losses and accuracies of both folds."""
    return {
        "epoch": epoch,
        "loss/train": round(training[0], 6),
        "loss/validation": round(validation[0], 6),
        "accuracy/train": round(training[1], 6),
        "accuracy/validation": round(validation[1], 6),
    }


def finished(progress: Progress, epochs: int, patience: int) -> bool:
    """Say whether training ends: after ``epochs``, or ``patience`` of them without a better loss."""
    waited = progress.epoch - progress.best_epoch
    return progress.epoch >= epochs or bool(patience and waited >= patience)


def start_epoch(network: Any, seed: int, epoch: int) -> None:
    """Set every dropout layer's random state to one that this epoch alone has."""
    states = [variable for variable in network.variables if variable.name == "seed_generator_state"]
    for number, state in enumerate(states):
        state.assign(np.array([seed + number, epoch * 1_000_000], state.dtype))
