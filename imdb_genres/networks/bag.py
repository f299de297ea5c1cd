"""fastText (Joulin 2016): the mean of the vectors of a text's words and n-grams, then dense layers."""

import numpy as np
from scipy.sparse import csr_matrix

from imdb_genres.networks.numpy_layers import dense_stack
from imdb_genres.networks.types import Layers, Network
from imdb_genres.params.network import NetworkSettings


def build(num_words: int, num_genres: int, settings: NetworkSettings) -> Network:
    """Return a model from sparse float32 rows (n, words) to logits (n, genres).

    A row holds each word's share of the text, so its product with all vectors is their mean.
    """
    from imdb_genres.networks.keras_backend import keras
    from imdb_genres.networks.keras_layers import WordDropout, hidden_layers, logits
    from imdb_genres.networks.sparse_layers import WordVectors

    inputs = keras.Input((num_words,), sparse=True, name="words")
    words = WordDropout(settings.input_dropout, name="input_dropout")(inputs)
    mean = WordVectors(settings.bag.embedding_size, name="word_vectors")(words)
    text = keras.layers.Dropout(settings.bag.embedding_dropout, name="text_dropout")(mean)
    return keras.Model(inputs, logits(hidden_layers(text, settings), num_genres))


def forward(layers: Layers, rows: csr_matrix, settings: NetworkSettings) -> np.ndarray:
    """Return float64 logits (n, genres) of sparse rows (n, words)."""
    [vectors] = layers["word_vectors"]
    return dense_stack(layers, rows @ vectors, settings)
