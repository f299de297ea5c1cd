"""Keras layers that several architectures share."""

from typing import Any

from imdb_genres.networks.keras_backend import keras, tf
from imdb_genres.networks.sparse_layers import SparseDense
from imdb_genres.networks.types import Tensor
from imdb_genres.params.network import NetworkSettings


class WordDropout(keras.layers.Dropout):  # type: ignore[misc]
    """Word dropout: drops entries of sparse rows, or ids of a sequence, while training.

    The remaining entries of sparse rows are rescaled (inverted dropout).
    """

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Return ``inputs`` without the dropped words."""
        if not training or not self.rate:
            return inputs
        if isinstance(inputs, tf.SparseTensor):
            return inputs.with_values(super().call(inputs.values, training))
        kept = super().call(tf.ones(tf.shape(inputs)), training) > 0
        return tf.where(kept, inputs, 0)

    def compute_output_spec(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Return the spec of ``inputs``; Dropout's own would make it dense."""
        return keras.KerasTensor(inputs.shape, inputs.dtype, sparse=inputs.sparse)


def hidden_layers(inputs: Tensor, settings: NetworkSettings) -> Tensor:
    """Apply ``hidden_1``, ``hidden_2``, ...: one dense and one dropout layer for each of ``units``."""
    for layer, units in enumerate(settings.units):
        name = f"hidden_{layer + 1}"
        l1 = settings.l1[layer % len(settings.l1)]
        inputs = dense(
            inputs,
            units,
            name=name,
            activation=settings.activation,
            kernel_regularizer=keras.regularizers.L1(l1) if l1 else None,
        )
        dropout = settings.dropout[layer % len(settings.dropout)]
        inputs = keras.layers.Dropout(dropout, name=f"{name}_dropout")(inputs)
    return inputs


def logits(inputs: Tensor, num_genres: int) -> Tensor:
    """Apply the output layer, ``logits``."""
    return dense(inputs, num_genres, name="logits")


def dense(inputs: Tensor, units: int, **options: Any) -> Tensor:
    """Apply ``keras.layers.Dense``; to sparse rows, its sparse form."""
    layer = SparseDense if inputs.sparse else keras.layers.Dense
    return layer(units, **options)(inputs)
