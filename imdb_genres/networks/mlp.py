"""The post's network: dense layers over a row of word entries; a linear model without them."""

from typing import Any

from imdb_genres.networks.keras_backend import keras
from imdb_genres.networks.keras_layers import WordDropout, dense, hidden_layers


def build(words: int, genres: int, *, input_dropout: float, **hidden: Any) -> Any:
    """Return a model from sparse float32 rows (n, words) to logits (n, genres)."""
    inputs = keras.Input((words,), sparse=True)
    rows = WordDropout(input_dropout)(inputs)
    return keras.Model(inputs, dense(hidden_layers(rows, **hidden), genres))
