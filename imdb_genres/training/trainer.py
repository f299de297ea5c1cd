"""Trains a network, batch by batch, in TensorFlow's graph."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from imdb_genres.networks.keras_backend import keras, tf
from imdb_genres.networks.types import Network, Tensor
from imdb_genres.training.batches import Batcher
from imdb_genres.training.losses import Loss
from imdb_genres.training.targets import Targets

# called with the share of an epoch that was trained since the last call
OnSteps = Callable[[float], object]


@dataclass(frozen=True)
class Pace:
    """How much one graph call computes; Ctrl-C and progress are handled between calls only."""

    steps_per_execution: int = 100
    predict_batch_size: int = 1024


class Trainer:
    """A network with its input batches, its targets, its loss and its optimizer.

    ``batcher`` maps row numbers to the network's input; ``targets`` has one entry per row. ``served``
    is the network to save if ``network`` is only a part of it.
    """

    def __init__(
        self,
        network: Network,
        batcher: Batcher,
        targets: Targets,
        optimizer: keras.Optimizer,
        loss: Loss,
        l2: float = 0,
        pace: Pace = Pace(),
        on_steps: OnSteps | None = None,
        served: Network | None = None,
    ) -> None:
        self.network = network
        self.optimizer = optimizer
        self.optimizer.build(network.trainable_variables)
        self._batcher = batcher
        self._values, self._weights = map(tf.constant, targets)
        self._loss = loss
        self._l2 = l2
        self.pace = pace
        self._on_steps = on_steps
        self.served = served or network
        # AutoGraph would rewrite every function that is called, only for the loop in _train_steps;
        # with the signature given, one trace serves batches of every size
        rows = tf.TensorSpec([None], tf.int32)
        size = tf.TensorSpec([], tf.int32)
        self._train_fn = tf.function(self._train_steps, (rows, size), autograph=False)
        self._predict_fn = tf.function(self._predict_step, (rows,), autograph=False)

    def train_epoch(self, order: np.ndarray, batch_size: int) -> tuple[float, float]:
        """Train on the rows in ``order``; return the mean loss and accuracy of its batches."""
        sums = np.zeros(3)
        per_call = self.pace.steps_per_execution * batch_size
        for start in range(0, len(order), per_call):
            rows = tf.constant(order[start : start + per_call], tf.int32)
            sums += self._train_fn(rows, tf.constant(batch_size)).numpy()
            if self._on_steps:
                self._on_steps(len(rows) / len(order))
        return float(sums[0] / len(order)), float(sums[1] / sums[2])

    def _train_steps(self, rows: Tensor, batch_size: int) -> Tensor:
        def step(start: Tensor, sums: Tensor) -> tuple[Tensor, Tensor]:
            batch = rows[start : start + batch_size]
            with tf.GradientTape() as tape:
                logits = self.network(self._batcher(batch), training=True)
                loss, *counts = self._loss_and_accuracy(batch, logits, training=True)
            variables = self.network.trainable_variables
            self.optimizer.apply(tape.gradient(loss, variables), variables)
            sums += tf.stack([loss * tf.cast(tf.size(batch), tf.float32), *counts])
            return start + batch_size, sums

        return tf.while_loop(lambda start, _: start < tf.size(rows), step, (0, tf.zeros(3)))[1]

    def _loss_and_accuracy(
        self, rows: Tensor, logits: Tensor, training: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the mean loss with penalties, the weighted correct count and the total weight."""
        values, weights = tf.gather(self._values, rows), tf.gather(self._weights, rows)
        loss = tf.reduce_mean(weights * self._loss(values, logits, training))
        correct = tf.gather(values, tf.argmax(logits, axis=1), batch_dims=1)
        return loss + self._penalties(), tf.reduce_sum(weights * correct), tf.reduce_sum(weights)

    def _penalties(self) -> Tensor:
        penalties = sum(self.network.losses)
        if self._l2:
            variables = self.network.trainable_variables
            weights = [v for v in variables if v.name not in ("bias", "gamma", "beta")]
            penalties += self._l2 * sum(tf.reduce_sum(tf.square(v)) for v in weights)
        return penalties

    def logits(self, rows: np.ndarray) -> np.ndarray:
        """Return the network's output for ``rows``, float32 (rows, genres)."""
        size = self.pace.predict_batch_size
        starts = range(0, len(rows), size)
        batches = [tf.constant(rows[start : start + size], tf.int32) for start in starts]
        return np.concatenate([self._predict_fn(batch).numpy() for batch in batches])

    def _predict_step(self, rows: Tensor) -> Tensor:
        return self.network(self._batcher(rows), training=False)

    def evaluate(self, rows: np.ndarray) -> tuple[float, float]:
        """Return the mean loss and accuracy on ``rows``, without training on them."""
        loss, correct, weight = self._loss_and_accuracy(
            tf.constant(rows, tf.int32), self.logits(rows), training=False
        )
        return float(loss), float(correct / weight)
