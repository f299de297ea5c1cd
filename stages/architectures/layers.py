"""The layers that several families share."""

from typing import Any

from stages.backend import keras


def hidden_layers(
    inputs: Any, units: list[int], dropout: list[float], activation: str, l1: list[float]
) -> Any:
    """Stack a dense and a dropout layer for each of ``units``; a single value serves every layer."""
    for layer, size in enumerate(units):
        penalty = l1[layer % len(l1)]
        inputs = keras.layers.Dense(
            size, activation, kernel_regularizer=keras.regularizers.L1(penalty) if penalty else None
        )(inputs)
        inputs = keras.layers.Dropout(dropout[layer % len(dropout)])(inputs)
    return inputs
