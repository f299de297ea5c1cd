"""A recurrent network that reads the text in both directions and keeps where it ends up."""

from typing import Any

from imdb_genres.networks.keras_backend import keras
from imdb_genres.networks.keras_layers import WordDropout, dense, hidden_layers


def build(
    words: int,
    genres: int,
    *,
    input_dropout: float,
    embedding_size: int,
    embedding_dropout: float,
    gru_units: int,
    **hidden: Any,
) -> Any:
    """Return a model from int32 sequences (n, length), 0 for no word, to logits (n, genres)."""
    inputs = keras.Input((None,), dtype="int32")
    embedding = keras.layers.Embedding(words, embedding_size, mask_zero=True)
    vectors = embedding(WordDropout(input_dropout)(inputs))
    both_ends = keras.layers.Bidirectional(keras.layers.GRU(gru_units))(vectors)
    text = keras.layers.Dropout(embedding_dropout)(both_ends)
    return keras.Model(inputs, dense(hidden_layers(text, **hidden), genres))
