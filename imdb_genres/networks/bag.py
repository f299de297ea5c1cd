"""fastText's shape: the mean of the vectors of a text's words and n-grams, then the dense layers."""

from typing import Any

from imdb_genres.networks.keras_backend import keras
from imdb_genres.networks.keras_layers import WordDropout, dense, hidden_layers
from imdb_genres.networks.sparse_layers import WordVectors


def build(
    words: int,
    genres: int,
    *,
    input_dropout: float,
    embedding_size: int,
    embedding_dropout: float,
    **hidden: Any,
) -> Any:
    """Return a model from sparse float32 rows (n, words) to logits (n, genres).

    A row holds each word's share of the text, so that the product with all vectors is their mean.
    """
    inputs = keras.Input((words,), sparse=True)
    mean = WordVectors(embedding_size)(WordDropout(input_dropout)(inputs))
    text = keras.layers.Dropout(embedding_dropout)(mean)
    return keras.Model(inputs, dense(hidden_layers(text, **hidden), genres))
