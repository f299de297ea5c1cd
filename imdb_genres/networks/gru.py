"""Bidirectional GRU; its two final states represent the text."""

import numpy as np
from scipy.special import expit

from imdb_genres.networks.numpy_layers import dense_stack, trim_padding
from imdb_genres.networks.types import Layers, Network
from imdb_genres.params.network import NetworkSettings


def build(num_words: int, num_genres: int, settings: NetworkSettings) -> Network:
    """Return a model from int32 word ids (n, length), 0 for padding, to logits (n, genres)."""
    from imdb_genres.networks.keras_backend import keras
    from imdb_genres.networks.keras_layers import WordDropout, hidden_layers, logits

    gru = settings.gru
    inputs = keras.Input((None,), dtype="int32", name="words")
    embedding = keras.layers.Embedding(
        num_words, gru.embedding_size, mask_zero=True, name="word_vectors"
    )
    words = WordDropout(settings.input_dropout, name="input_dropout")(inputs)
    states = keras.layers.Bidirectional(keras.layers.GRU(gru.units), name="gru")(embedding(words))
    text = keras.layers.Dropout(gru.embedding_dropout, name="text_dropout")(states)
    return keras.Model(inputs, logits(hidden_layers(text, settings), num_genres))


def forward(layers: Layers, sequences: np.ndarray, settings: NetworkSettings) -> np.ndarray:
    """Return float64 logits (n, genres) of word ids (n, length)."""
    sequences = trim_padding(sequences)
    [table] = layers["word_vectors"]
    vectors, is_word = table[sequences], sequences > 0
    states = [
        gru_final_state(vectors, is_word, *layers["gru/forward_layer/cell"]),
        gru_final_state(vectors[:, ::-1], is_word[:, ::-1], *layers["gru/backward_layer/cell"]),
    ]
    return dense_stack(layers, np.concatenate(states, axis=1), settings)


def gru_final_state(
    vectors: np.ndarray,
    is_word: np.ndarray,
    kernel: np.ndarray,
    recurrent_kernel: np.ndarray,
    bias: np.ndarray,
) -> np.ndarray:
    """Return the final state (n, units) of a gated recurrent unit; padding leaves the state as it is."""
    state = np.zeros((len(vectors), recurrent_kernel.shape[0]))
    for step in range(vectors.shape[1]):
        update_x, reset_x, new_x = np.split(vectors[:, step] @ kernel + bias[0], 3, axis=1)
        update_h, reset_h, new_h = np.split(state @ recurrent_kernel + bias[1], 3, axis=1)
        update = expit(update_x + update_h)
        candidate = np.tanh(new_x + expit(reset_x + reset_h) * new_h)
        following = update * state + (1 - update) * candidate
        state = np.where(is_word[:, step, None], following, state)
    return state
