"""Trained networks in NumPy: the numbers of ``architectures``, without TensorFlow's start-up.

TensorFlow takes seconds and 700 MB to import, NumPy a moment: a single description is answered
ten times sooner. ``tests/networks/test_forward.py`` holds every family against its Keras model. Computed in
double precision, a text's answer is to the last digit the same alone and among others.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit

from imdb_genres.networks.numpy_layers import Layers, head, layers_of_type


def logits(architecture: str, layers: Layers, rows: Any, settings: dict[str, Any]) -> np.ndarray:
    """Return float64 (rows, genres): what the family's Keras model returns for ``rows``."""
    return FORWARD[architecture](layers, rows, **settings)


def mlp(layers: Layers, rows: Any, *, activation: str, **_: Any) -> np.ndarray:
    """Pass sparse rows (n, words) through dense layers."""
    return head(
        layers_of_type(layers, "sparse_dense") + layers_of_type(layers, "dense"), rows, activation
    )


def wide_deep(
    layers: Layers, rows: Any, *, activation: str, deep_words: int, **_: Any
) -> np.ndarray:
    """Add a linear model of sparse rows (n, words) to a network over their first columns."""
    first, [wide] = layers_of_type(layers, "sparse_dense")
    deep = head([first, *layers_of_type(layers, "dense")], rows[:, :deep_words], activation)
    return np.asarray(deep + rows @ wide)


def bag(layers: Layers, rows: Any, *, activation: str, **_: Any) -> np.ndarray:
    """Pass the mean word vectors of sparse rows (n, words) through dense layers."""
    [vectors] = layers["word_vectors"]
    return head(layers_of_type(layers, "dense"), rows @ vectors, activation)


def cnn(layers: Layers, rows: np.ndarray, *, activation: str, **_: Any) -> np.ndarray:
    """Pass sequences (n, length) through filters, and their maxima through dense layers."""
    filters = layers_of_type(layers, "conv1d")
    widest = max(len(kernel) for kernel, _ in filters)
    # twice as many empty places hold every window that more of them would
    vectors = layers["embedding"][0][trim_padding(rows, 2 * widest)]
    maxima = [conv_max_pool(vectors, *arrays) for arrays in filters]
    return head(layers_of_type(layers, "dense"), np.concatenate(maxima, axis=1), activation)


def conv_max_pool(vectors: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Return (n, filters): the maximum of relu(a convolution of the same length) over the text."""
    before, length = (len(kernel) - 1) // 2, vectors.shape[1]
    padded = np.pad(vectors, ((0, 0), (before, len(kernel) - 1 - before), (0, 0)))
    answers = sum(padded[:, at : at + length] @ part for at, part in enumerate(kernel))
    return np.asarray(np.maximum(np.max(answers, axis=1) + bias, 0))


def gru(layers: Layers, rows: np.ndarray, *, activation: str, **_: Any) -> np.ndarray:
    """Read sequences (n, length) from both ends, and pass where that leads through dense layers."""
    rows = trim_padding(rows, 0)
    vectors = layers["embedding"][0][rows]
    backward, forward = layers["bidirectional"][:3], layers["bidirectional"][3:]
    ends = [
        gru_final_state(vectors, rows > 0, *forward),
        gru_final_state(vectors[:, ::-1], rows[:, ::-1] > 0, *backward),
    ]
    return head(layers_of_type(layers, "dense"), np.concatenate(ends, axis=1), activation)


def trim_padding(rows: np.ndarray, kept: int) -> np.ndarray:
    """Return ``rows`` up to the end of the longest, and ``kept`` places more."""
    longest = int((rows > 0).sum(axis=1).max(initial=0))
    return rows[:, : longest + kept]


def gru_final_state(
    vectors: np.ndarray,
    is_word: np.ndarray,
    kernel: np.ndarray,
    inner: np.ndarray,
    bias: np.ndarray,
) -> np.ndarray:
    """Return the last state (n, units) of a gated recurrent unit; steps without a word change nothing."""
    state = np.zeros((len(vectors), inner.shape[0]))
    for step in range(vectors.shape[1]):
        update_x, reset_x, new_x = np.split(vectors[:, step] @ kernel + bias[0], 3, axis=1)
        update_h, reset_h, new_h = np.split(state @ inner + bias[1], 3, axis=1)
        update = expit(update_x + update_h)
        proposed = np.tanh(new_x + expit(reset_x + reset_h) * new_h)
        following = update * state + (1 - update) * proposed
        state = np.where(is_word[:, step, None], following, state)
    return state


FORWARD: dict[str, Callable[..., np.ndarray]] = {
    "mlp": mlp,
    "wide-deep": wide_deep,
    "bag": bag,
    "cnn": cnn,
    "gru": gru,
}
