"""Trained networks in NumPy: the numbers of ``architectures``, without TensorFlow's start-up.

TensorFlow takes seconds and 700 MB to import, NumPy a moment: a single description is answered
thirty times sooner. ``tests/test_forward.py`` holds every family against its Keras model.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from scipy.special import erf, expit, softmax

Layers = dict[str, list[np.ndarray]]

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": expit,
    "gelu": lambda x: x * (1 + erf(x / np.sqrt(np.float32(2)))) / 2,
    "silu": lambda x: x * expit(x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "softplus": lambda x: np.logaddexp(x, np.float32(0)),
}


def read_layers(path: Path) -> Layers:
    """Return the arrays of a Keras weights file by layer: ``dense``, ``dense_1``, in their order.

    Raises OSError if it is missing or no HDF5 file, KeyError if Keras did not write it.
    """
    layers: Layers = {}
    with h5py.File(path) as file:
        groups = file["layers"]

        def collect(name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                layers.setdefault(name.split("/")[0], []).append(item[()])

        groups.visititems(collect)
    return layers


def logits(architecture: str, layers: Layers, rows: Any, settings: dict[str, Any]) -> np.ndarray:
    """Return float32 (rows, genres): what the family's Keras model returns for ``rows``."""
    return FORWARD[architecture](layers, rows, **settings)


def mlp(layers: Layers, rows: Any, *, activation: str, **_: Any) -> np.ndarray:
    """Pass sparse rows (n, words) through dense layers."""
    *hidden, last = numbered(layers, "sparse_dense") + numbered(layers, "dense")
    activate = ACTIVATIONS[activation]
    for kernel, bias in hidden:
        rows = activate(rows @ kernel + bias)
    kernel, bias = last
    return np.asarray(rows @ kernel + bias)


def numbered(layers: Layers, kind: str) -> list[list[np.ndarray]]:
    """Return the arrays of the layers of one ``kind``, in the network's order."""
    names = [kind, *(f"{kind}_{number}" for number in range(1, len(layers)))]
    return [layers[name] for name in names if name in layers]


FORWARD: dict[str, Callable[..., np.ndarray]] = {"mlp": mlp}


def probabilities(logits: np.ndarray, kind: str, temperature: float) -> np.ndarray:
    """Return float32 (rows, genres): a softmax, or for ``multi-label`` a sigmoid for each genre."""
    scaled = logits.astype(np.float64) / temperature
    values = expit(scaled) if kind == "multi-label" else softmax(scaled, axis=1)
    return np.asarray(values, np.float32)


def several(probabilities: np.ndarray, thresholds: list[float]) -> np.ndarray:
    """Return bool (rows, genres): those that reach their threshold, and the likeliest always."""
    best = probabilities == probabilities.max(axis=1, keepdims=True)
    return np.asarray(best | (probabilities >= np.array(thresholds)))
