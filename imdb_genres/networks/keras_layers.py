"""The layers that several families share."""

from typing import Any

from imdb_genres.networks.keras_backend import keras, tf
from imdb_genres.networks.sparse_layers import SparseDense


class WordDropout(keras.layers.Dropout):  # type: ignore[misc]
    """Leaves out words of a text while training: entries of sparse rows, or indexes of a sequence."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return ``inputs`` with words left out; the entries of sparse rows that stay make up for it."""
        if not training or not self.rate:
            return inputs
        if isinstance(inputs, tf.SparseTensor):
            return inputs.with_values(super().call(inputs.values, training))
        kept = super().call(tf.ones(tf.shape(inputs)), training) > 0
        return tf.where(kept, inputs, 0)

    def compute_output_spec(self, inputs: Any, training: bool = False) -> Any:
        """Return the input's own kind of tensor, sparse or dense."""
        return keras.KerasTensor(inputs.shape, inputs.dtype, sparse=inputs.sparse)


def dense(inputs: Any, size: int, **options: Any) -> Any:
    """Apply ``keras.layers.Dense``, to sparse rows in its sparse form."""
    kind = SparseDense if inputs.sparse else keras.layers.Dense
    return kind(size, **options)(inputs)


def hidden_layers(
    inputs: Any, units: list[int], dropout: list[float], activation: str, l1: list[float]
) -> Any:
    """Stack a dense and a dropout layer for each of ``units``; a single value serves every layer."""
    for layer, size in enumerate(units):
        penalty = l1[layer % len(l1)]
        regularizer = keras.regularizers.L1(penalty) if penalty else None
        inputs = dense(inputs, size, activation=activation, kernel_regularizer=regularizer)
        inputs = keras.layers.Dropout(dropout[layer % len(dropout)])(inputs)
    return inputs
