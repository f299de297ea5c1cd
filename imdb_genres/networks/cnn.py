"""TextCNN (Kim 2014): parallel convolutions over word vectors, max-pooled over time."""

import numpy as np

from imdb_genres.networks.numpy_layers import dense_stack, trim_padding
from imdb_genres.networks.types import Layers, Network
from imdb_genres.params.network import NetworkSettings


def build(num_words: int, num_genres: int, settings: NetworkSettings) -> Network:
    """Return a model from int32 word ids (n, length), 0 for padding, to logits (n, genres)."""
    from imdb_genres.networks.keras_backend import keras
    from imdb_genres.networks.keras_layers import WordDropout, hidden_layers, logits

    cnn = settings.cnn
    inputs = keras.Input((None,), dtype="int32", name="words")
    embedding = keras.layers.Embedding(num_words, cnn.embedding_size, name="word_vectors")
    words = WordDropout(settings.input_dropout, name="input_dropout")(inputs)
    vectors = embedding(words)
    pooled = []
    for name, width in zip(filter_names(settings), cnn.filter_widths, strict=True):
        convolution = keras.layers.Conv1D(
            cnn.filters, width, padding="same", activation="relu", name=name
        )
        maximum = keras.layers.GlobalMaxPooling1D(name=f"{name}_maximum")
        pooled.append(maximum(convolution(vectors)))
    text = keras.ops.concatenate(pooled, axis=1)
    text = keras.layers.Dropout(cnn.embedding_dropout, name="text_dropout")(text)
    return keras.Model(inputs, logits(hidden_layers(text, settings), num_genres))


def forward(layers: Layers, sequences: np.ndarray, settings: NetworkSettings) -> np.ndarray:
    """Return float64 logits (n, genres) of word ids (n, length)."""
    [table] = layers["word_vectors"]
    # windows beyond that see only padding, like the last ones kept
    vectors = table[trim_padding(sequences, extra=2 * max(settings.cnn.filter_widths))]
    pooled = [conv_max_pool(vectors, *layers[name]) for name in filter_names(settings)]
    return dense_stack(layers, np.concatenate(pooled, axis=1), settings)


def filter_names(settings: NetworkSettings) -> list[str]:
    """Return the layers' names, one for each filter width.

    TensorFlow sums the gradients of parallel layers in an order that depends on their names, so
    other names would change the last digits of the weights.
    """
    numbers = range(1, len(settings.cnn.filter_widths))
    return ["conv1d", *(f"conv1d_{number}" for number in numbers)]


def conv_max_pool(vectors: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Return (n, filters): the maximum over time of relu(a convolution with padding "same")."""
    before, length = (len(kernel) - 1) // 2, vectors.shape[1]
    padded = np.pad(vectors, ((0, 0), (before, len(kernel) - 1 - before), (0, 0)))
    outputs = sum(
        padded[:, offset : offset + length] @ weights for offset, weights in enumerate(kernel)
    )
    return np.asarray(np.maximum(np.max(outputs, axis=1) + bias, 0))
