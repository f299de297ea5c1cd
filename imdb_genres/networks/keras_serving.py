"""Predicts with Keras, for architectures without ``forward``."""

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_matrix

from imdb_genres.networks.keras_backend import tf
from imdb_genres.networks.types import Inputs, Network, Tensor


def keras_forward(network: Network) -> Callable[[Inputs], np.ndarray]:
    """Return ``network`` as a function from a batch of inputs to float64 logits."""

    def forward(inputs: Inputs) -> np.ndarray:
        return np.asarray(network(to_tensor(inputs), training=False), float)

    return forward


def to_tensor(inputs: Inputs) -> Tensor:
    """Return a csr_matrix as a SparseTensor, word ids as an int32 tensor, and both as a list."""
    if isinstance(inputs, tuple):
        return [to_tensor(part) for part in inputs]
    if not isinstance(inputs, csr_matrix):
        return tf.constant(inputs, tf.int32)
    entries = inputs.tocoo()
    indices = np.stack([entries.row, entries.col], axis=1)
    return tf.SparseTensor(indices.astype(np.int64), entries.data, inputs.shape)
