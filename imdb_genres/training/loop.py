"""Training loop with early stopping."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.networks.types import Network
from imdb_genres.params.training import Train
from imdb_genres.training.history import LOSS, EpochMetrics, History, epoch_metrics
from imdb_genres.training.trainer import Trainer


@dataclass
class TrainingState:
    """The state of a training, except the variables of network and optimizer."""

    history: History = field(default_factory=History)
    best_loss: float = np.inf
    best_weights: list[np.ndarray] = field(default_factory=list)
    best_epoch: int = 0  # 0 without early stopping

    @property
    def epoch(self) -> int:
        """The number of finished epochs."""
        return len(self.history)

    @property
    def selected_epoch(self) -> int:
        """The epoch whose weights the trained network has: the best, or the last."""
        return self.best_epoch or self.epoch


def training_loop(
    trainer: Trainer,
    state: TrainingState,
    folds: tuple[np.ndarray, np.ndarray],
    settings: Train,
    seed: int,
) -> Iterator[EpochMetrics]:
    """Train until ``epochs`` or ``patience`` ends it; yield each epoch's metrics.

    ``folds`` are the row numbers of training and of validation. An epoch's order of rows and its
    dropout depend only on ``seed`` and the epoch's number, so that a training can be resumed after
    any epoch.
    """
    training, validation = folds
    while not should_stop(state, settings.epochs, settings.patience):
        reset_dropout(trainer.network, seed, state.epoch)
        order = np.random.default_rng([seed, state.epoch]).permutation(training)
        learned = trainer.train_epoch(order, settings.batch_size)
        validated = trainer.evaluate(validation)
        if not np.isfinite([learned[0], validated[0]]).all():
            raise UserError(
                f"training diverged: the training loss is {learned[0]}, the validation loss "
                f"{validated[0]} in epoch {state.epoch + 1}; lower train.learning_rate ({settings.learning_rate})"
            )
        metrics = epoch_metrics(state.epoch + 1, learned, validated)
        state.history.epochs.append(metrics)
        if settings.patience and metrics[LOSS] < state.best_loss:
            state.best_loss, state.best_epoch = metrics[LOSS], state.epoch
            state.best_weights = trainer.network.get_weights()
        yield metrics


def should_stop(state: TrainingState, epochs: int, patience: int) -> bool:
    """Return whether ``epochs`` are over, or ``patience`` of them without a lower loss."""
    waited = state.epoch - state.best_epoch
    return state.epoch >= epochs or bool(patience and waited >= patience)


def reset_dropout(network: Network, seed: int, epoch: int) -> None:
    """Set the random state of every dropout layer to that of the epoch."""
    states = [variable for variable in network.variables if variable.name == "seed_generator_state"]
    for number, state in enumerate(states):
        state.assign(np.array([seed + number, epoch * 1_000_000], state.dtype))
