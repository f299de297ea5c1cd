"""A trained network's layers: read from Keras's weights file, and applied in NumPy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from scipy.special import erf, expit

Layers = dict[str, list[np.ndarray]]

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": expit,
    "gelu": lambda x: x * (1 + erf(x / np.sqrt(2))) / 2,
    "silu": lambda x: x * expit(x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "softplus": lambda x: np.logaddexp(x, 0),
}


def read_layers(path: Path) -> Layers:
    """Return a Keras weights file's arrays, as float64, by layer: ``dense``, ``dense_1`` ...

    Raises OSError if it is missing or no HDF5 file, AttributeError or KeyError if Keras did not
    write it, ValueError if some of it is not a number.
    """
    layers: Layers = {}
    with h5py.File(path) as file:
        groups = file["layers"]

        def collect(name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                layers.setdefault(name.split("/")[0], []).append(item[()].astype(float))

        groups.visititems(collect)
    if not all(np.isfinite(array).all() for arrays in layers.values() for array in arrays):
        raise ValueError("some weights are not numbers")
    return layers


def head(layers: list[list[np.ndarray]], inputs: Any, activation: str) -> np.ndarray:
    """Pass ``inputs`` through hidden layers and a last one of logits."""
    *hidden, (kernel, bias) = layers
    activate = ACTIVATIONS[activation]
    for weights, offsets in hidden:
        inputs = activate(inputs @ weights + offsets)
    return np.asarray(inputs @ kernel + bias)


def layers_of_type(layers: Layers, kind: str) -> list[list[np.ndarray]]:
    """Return the arrays of the layers of one ``kind``, in the network's order."""
    names = [kind, *(f"{kind}_{number}" for number in range(1, len(layers)))]
    return [layers[name] for name in names if name in layers]
