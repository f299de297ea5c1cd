"""An encoder and a linear model of words, joined: the sum of logits averages log-probabilities.

The two are trained one after the other, see ``training/encoder_wide.py``: together they were worse.
"""

import numpy as np
from scipy.sparse import csr_matrix

from imdb_genres.networks import encoder
from imdb_genres.networks.types import Layers, Network
from imdb_genres.params.network import NetworkSettings


def build(num_words: int, num_genres: int, settings: NetworkSettings) -> Network:
    """Return a model from sparse float32 rows (n, words) and subword ids to logits (n, genres)."""
    return join(encoder.build(num_words, num_genres, settings), num_words)


def join(network: Network, num_words: int) -> Network:
    """Return ``network``, the encoder's, plus a linear layer over words named ``wide``."""
    from imdb_genres.networks.keras_backend import keras
    from imdb_genres.networks.sparse_layers import SparseDense

    words = keras.Input((num_words,), sparse=True, name="words")
    wide = SparseDense(network.output.shape[1], use_bias=False, name="wide")
    return keras.Model([words, *network.inputs], network.output + wide(words))


def forward(
    layers: Layers, inputs: tuple[csr_matrix, np.ndarray], settings: NetworkSettings
) -> np.ndarray:
    """Return float64 logits (n, genres) of sparse rows (n, words) and subword ids (n, chunks, length)."""
    rows, chunks = inputs
    [wide] = layers["wide"]
    return np.asarray(encoder.forward(layers, chunks, settings) + rows @ wide)
