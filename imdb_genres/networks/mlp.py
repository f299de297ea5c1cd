"""Dense layers over sparse rows of words: the blog post's network; a linear model without hidden layers."""

import numpy as np
from scipy.sparse import csr_matrix

from imdb_genres.networks.numpy_layers import dense_stack
from imdb_genres.networks.types import Layers, Network
from imdb_genres.params.network import NetworkSettings


def build(num_words: int, num_genres: int, settings: NetworkSettings) -> Network:
    """Return a model from sparse float32 rows (n, words) to logits (n, genres)."""
    from imdb_genres.networks.keras_backend import keras
    from imdb_genres.networks.keras_layers import WordDropout, hidden_layers, logits

    inputs = keras.Input((num_words,), sparse=True, name="words")
    words = WordDropout(settings.input_dropout, name="input_dropout")(inputs)
    return keras.Model(inputs, logits(hidden_layers(words, settings), num_genres))


def forward(layers: Layers, rows: csr_matrix, settings: NetworkSettings) -> np.ndarray:
    """Return float64 logits (n, genres) of sparse rows (n, words)."""
    return dense_stack(layers, rows, settings)
