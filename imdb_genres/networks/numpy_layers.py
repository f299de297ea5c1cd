"""NumPy counterparts of Keras: weights read from its file, and layers that several architectures share.

TensorFlow takes seconds and 700 MB to import, NumPy a moment. In double precision a text gets the
same logits, to the last digit, alone and in a batch.
"""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
from scipy.special import erf, expit

from imdb_genres.networks.types import Inputs, Layers
from imdb_genres.params.network import NetworkSettings

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": expit,
    "gelu": lambda x: x * (1 + erf(x / np.sqrt(2))) / 2,
    "silu": lambda x: x * expit(x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "softplus": lambda x: np.logaddexp(x, 0),
}


def read_layers(path: Path, dtype: type[np.floating] = np.float64) -> Layers:
    """Return the weights that Keras saved, as ``dtype``, by the layer's name.

    The weights of a nested layer are named ``outer/attribute``, such as
    ``gru/forward_layer/cell``. Raises OSError if the file is missing or not HDF5, AttributeError,
    KeyError or TypeError if Keras did not write it, ValueError if some weights are not finite.
    """
    layers: Layers = {}
    # no lock: the file is replaced atomically, and another process may have locked it
    with h5py.File(path, locking=False) as file:
        for group_name, group in file["layers"].items():
            # Keras names groups by class and number, and stores the layer's name with its weights
            _collect(group, group["vars"].attrs.get("name", group_name), layers, dtype)
    if not all(np.isfinite(array).all() for arrays in layers.values() for array in arrays):
        raise ValueError("some weights are not finite numbers")
    return layers


def _collect(group: h5py.Group, name: str, layers: Layers, dtype: type[np.floating]) -> None:
    for child in group.keys() - {"vars"}:
        _collect(group[child], f"{name}/{child}", layers, dtype)
    variables = group.get("vars", ())
    if len(variables):
        layers[name] = [variables[str(n)][()].astype(dtype) for n in range(len(variables))]


def dense_stack(layers: Layers, inputs: Inputs, settings: NetworkSettings) -> np.ndarray:
    """Apply the hidden layers and the output layer: (n, features) -> logits (n, genres)."""
    activate = ACTIVATIONS[settings.activation]
    for number in range(1, len(settings.units) + 1):
        kernel, bias = layers[f"hidden_{number}"]
        inputs = activate(inputs @ kernel + bias)
    kernel, bias = layers["logits"]
    return np.asarray(inputs @ kernel + bias)


def trim_padding(sequences: np.ndarray, extra: int = 0) -> np.ndarray:
    """Return word ids (n, length) up to the end of the longest text, and ``extra`` columns more."""
    longest = int((sequences > 0).sum(axis=1).max(initial=0))
    return sequences[:, : longest + extra]
