"""The layers that several families share."""

from typing import Any

from stages.architectures.sparse import SparseDense
from stages.backend import keras


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
