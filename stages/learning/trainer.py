"""Trains a network: the epochs, and when to stop."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stages.errors import StageError
from stages.learning.backend import tf
from stages.learning.feed import Feed
from stages.learning.history import Row
from stages.learning.targets import Targets
from stages.params import Train

STEPS_A_CALL = 100  # inside one call of the graph Python cannot answer an interrupt
ROWS_A_LOOK = 1024  # rows predicted at once, where nothing is learnt


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


class Trainer:
    """A network with what it reads, what it learns, and how.

    ``feed`` maps row numbers to the network's input; ``targets`` has a line for each of its rows.
    """

    def __init__(
        self,
        network: Any,
        feed: Feed,
        targets: Targets,
        optimizer: Any,
        kind: str = "label",
        label_smoothing: float = 0,
        l2: float = 0,
    ) -> None:
        self.network = network
        self.optimizer = optimizer
        self.optimizer.build(network.trainable_variables)
        self._feed = feed
        self._values, self._weights = map(tf.constant, targets)
        self._cross_entropy = sigmoid_loss if kind == "multi-label" else softmax_loss
        self._smoothing = label_smoothing
        self._l2 = l2
        self._evenly = 1 / 2 if kind == "multi-label" else 1 / targets.values.shape[1]
        self._steps = tf.function(self._train_steps, reduce_retracing=True)
        self._look = tf.function(self._predict, reduce_retracing=True)

    def train(self, order: np.ndarray, batch_size: int) -> tuple[float, float]:
        """Learn once from the rows in ``order``; return the mean loss and accuracy on the way."""
        sums = np.zeros(3)
        for start in range(0, len(order), STEPS_A_CALL * batch_size):
            rows = tf.constant(order[start : start + STEPS_A_CALL * batch_size], tf.int32)
            sums += self._steps(rows, batch_size).numpy()
        return float(sums[0] / len(order)), float(sums[1] / sums[2])

    def _train_steps(self, rows: Any, batch_size: int) -> Any:
        sums = tf.zeros(3)
        for start in tf.range(0, tf.size(rows), batch_size):
            batch = rows[start : start + batch_size]
            with tf.GradientTape() as tape:
                logits = self.network(self._feed(batch), training=True)
                loss, *hits = self._measure(batch, logits, self._smoothing)
            variables = self.network.trainable_variables
            self.optimizer.apply(tape.gradient(loss, variables), variables)
            sums += tf.stack([loss * tf.cast(tf.size(batch), tf.float32), *hits])
        return sums

    def _measure(self, rows: Any, logits: Any, smoothing: float) -> tuple[Any, Any, Any]:
        """Return the mean loss with penalties, the weight of right answers, and that of all."""
        values, weights = tf.gather(self._values, rows), tf.gather(self._weights, rows)
        smooth = values * (1 - smoothing) + self._evenly * smoothing
        loss = tf.reduce_mean(weights * self._cross_entropy(smooth, logits))
        right = tf.gather(values, tf.argmax(logits, axis=1), batch_dims=1)
        return loss + self._penalties(), tf.reduce_sum(weights * right), tf.reduce_sum(weights)

    def _penalties(self) -> Any:
        penalties = sum(self.network.losses)
        if self._l2:
            weights = [v for v in self.network.trainable_variables if v.name != "bias"]
            penalties += self._l2 * sum(tf.reduce_sum(tf.square(v)) for v in weights)
        return penalties

    def logits(self, rows: np.ndarray) -> np.ndarray:
        """Return the network's output for ``rows``, float32 (rows, genres)."""
        starts = range(0, len(rows), ROWS_A_LOOK)
        parts = [self._look(tf.constant(rows[at : at + ROWS_A_LOOK], tf.int32)) for at in starts]
        return np.concatenate([part.numpy() for part in parts])

    def _predict(self, rows: Any) -> Any:
        return self.network(self._feed(rows), training=False)

    def validate(self, rows: np.ndarray) -> tuple[float, float]:
        """Return the mean loss and accuracy on ``rows`` without learning from them."""
        loss, right, weight = self._measure(tf.constant(rows, tf.int32), self.logits(rows), 0)
        return float(loss), float(right / weight)


def softmax_loss(values: Any, logits: Any) -> Any:
    """Return each row's cross-entropy between the shares ``values`` and one softmax."""
    return tf.nn.softmax_cross_entropy_with_logits(values, logits)


def sigmoid_loss(values: Any, logits: Any) -> Any:
    """Return each row's mean over genres of a cross-entropy of its own."""
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(values, logits), axis=1)


def run_epochs(
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
            raise StageError(
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
