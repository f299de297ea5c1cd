"""A linear model over all words and n-grams, and beside it the post's network over frequent ones."""

from typing import Any

from imdb_genres.networks.keras_backend import keras
from imdb_genres.networks.keras_layers import WordDropout, hidden_layers
from imdb_genres.networks.sparse_layers import FirstColumns, SparseDense


def build(words: int, genres: int, *, input_dropout: float, deep_words: int, **hidden: Any) -> Any:
    """Return a model from sparse float32 rows (n, words) to logits (n, genres).

    Words are ranked by frequency: the network reads the first ``deep_words`` columns.
    """
    inputs = keras.Input((words,), sparse=True)
    rows = WordDropout(input_dropout)(inputs)
    deep = hidden_layers(FirstColumns(min(deep_words, words))(rows), **hidden)
    wide = SparseDense(genres, use_bias=False, kernel_initializer="zeros")(rows)
    return keras.Model(inputs, keras.layers.Dense(genres)(deep) + wide)
