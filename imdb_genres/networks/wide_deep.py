"""Wide & Deep (Cheng 2016): a linear model over all words plus dense layers over the frequent ones."""

import numpy as np
from scipy.sparse import csr_matrix

from imdb_genres.networks.numpy_layers import dense_stack
from imdb_genres.networks.types import Layers, Network
from imdb_genres.params.network import NetworkSettings


def build(num_words: int, num_genres: int, settings: NetworkSettings) -> Network:
    """Return a model from sparse float32 rows (n, words) to logits (n, genres).

    Words are ranked by frequency: the deep part reads the first ``deep_words`` columns.
    """
    from imdb_genres.networks.keras_backend import keras
    from imdb_genres.networks.keras_layers import WordDropout, hidden_layers, logits
    from imdb_genres.networks.sparse_layers import FirstColumns, SparseDense

    inputs = keras.Input((num_words,), sparse=True, name="words")
    words = WordDropout(settings.input_dropout, name="input_dropout")(inputs)
    columns = min(settings.wide_deep.deep_words, num_words)
    deep = hidden_layers(FirstColumns(columns, name="deep_words")(words), settings)
    linear = SparseDense(num_genres, use_bias=False, kernel_initializer="zeros", name="wide")
    wide = linear(words)
    return keras.Model(inputs, logits(deep, num_genres) + wide)


def forward(layers: Layers, rows: csr_matrix, settings: NetworkSettings) -> np.ndarray:
    """Return float64 logits (n, genres) of sparse rows (n, words)."""
    [wide] = layers["wide"]
    deep = dense_stack(layers, rows[:, : settings.wide_deep.deep_words], settings)
    return np.asarray(deep + rows @ wide)
