"""Kim's TextCNN: what each filter, some words wide, answers most loudly to anywhere in the text."""

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
    filters: int,
    filter_widths: list[int],
    **hidden: Any,
) -> Any:
    """Return a model from int32 sequences (n, length), 0 for no word, to logits (n, genres)."""
    inputs = keras.Input((None,), dtype="int32")
    vectors = keras.layers.Embedding(words, embedding_size)(WordDropout(input_dropout)(inputs))
    conv_max_pool = [
        keras.layers.GlobalMaxPooling1D()(
            keras.layers.Conv1D(filters, width, padding="same", activation="relu")(vectors)
        )
        for width in filter_widths
    ]
    text = keras.layers.Dropout(embedding_dropout)(keras.ops.concatenate(conv_max_pool, axis=1))
    return keras.Model(inputs, dense(hidden_layers(text, **hidden), genres))
