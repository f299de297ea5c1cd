"""Trains a network, batch by batch, in TensorFlow's graph."""

from typing import Any

import numpy as np

from imdb_genres.networks.keras_backend import tf
from imdb_genres.training.batches import Batcher
from imdb_genres.training.losses import make_loss
from imdb_genres.training.targets import Targets

STEPS_PER_EXECUTION = 100  # inside one call of the graph Python cannot answer an interrupt
PREDICT_BATCH_SIZE = 1024  # rows predicted at once, where nothing is learnt


class Trainer:
    """A network with what it reads, what it learns, and how.

    ``feed`` maps row numbers to the network's input; ``targets`` has a line for each of its rows.
    """

    def __init__(
        self,
        network: Any,
        feed: Batcher,
        targets: Targets,
        optimizer: Any,
        kind: str = "label",
        loss: str = "cross-entropy",
        label_smoothing: float = 0,
        l2: float = 0,
    ) -> None:
        self.network = network
        self.optimizer = optimizer
        self.optimizer.build(network.trainable_variables)
        self._feed = feed
        self._values, self._weights = map(tf.constant, targets)
        self._loss = make_loss(loss, kind)
        self._smoothing = label_smoothing
        self._l2 = l2
        self._evenly = 1 / 2 if kind == "multi-label" else 1 / targets.values.shape[1]
        self._steps = tf.function(self._train_steps, reduce_retracing=True)
        self._look = tf.function(self._predict, reduce_retracing=True)

    def train(self, order: np.ndarray, batch_size: int) -> tuple[float, float]:
        """Learn once from the rows in ``order``; return the mean loss and accuracy on the way."""
        sums = np.zeros(3)
        for start in range(0, len(order), STEPS_PER_EXECUTION * batch_size):
            rows = tf.constant(order[start : start + STEPS_PER_EXECUTION * batch_size], tf.int32)
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
        loss = tf.reduce_mean(weights * self._loss(smooth, logits))
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
        starts = range(0, len(rows), PREDICT_BATCH_SIZE)
        parts = [
            self._look(tf.constant(rows[at : at + PREDICT_BATCH_SIZE], tf.int32)) for at in starts
        ]
        return np.concatenate([part.numpy() for part in parts])

    def _predict(self, rows: Any) -> Any:
        return self.network(self._feed(rows), training=False)

    def validate(self, rows: np.ndarray) -> tuple[float, float]:
        """Return the mean loss and accuracy on ``rows`` without learning from them."""
        loss, right, weight = self._measure(tf.constant(rows, tf.int32), self.logits(rows), 0)
        return float(loss), float(right / weight)
