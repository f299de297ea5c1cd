"""What a network is punished for, a number for each row."""

from collections.abc import Callable
from typing import Any

from imdb_genres.networks.keras_backend import tf

Loss = Callable[[Any, Any], Any]  # values and logits, float32 (rows, genres) -> float32 (rows,)


def make_loss(name: str, targets: str) -> Loss:
    """Return the loss of the parameter ``train.loss`` for this kind of targets."""
    if name == "squared-hinge":
        return squared_hinge
    return sigmoid_cross_entropy if targets == "multi-label" else softmax_cross_entropy


def softmax_cross_entropy(values: Any, logits: Any) -> Any:
    """Return the cross-entropy between the shares ``values`` and one softmax."""
    return tf.nn.softmax_cross_entropy_with_logits(values, logits)


def sigmoid_cross_entropy(values: Any, logits: Any) -> Any:
    """Return the mean over genres of a cross-entropy of its own."""
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(values, logits), axis=1)


def squared_hinge(values: Any, logits: Any) -> Any:
    """Return the mean over genres of a linear SVM's loss, ``values`` being the share that is positive."""
    missing, too_much = tf.nn.relu(1 - logits), tf.nn.relu(1 + logits)
    loss = values * tf.square(missing) + (1 - values) * tf.square(too_much)
    return tf.reduce_mean(loss, axis=1)
