"""A pretrained BERT encoder, fine-tuned: token vectors averaged over a text's chunks, then dense layers.

Devlin et al. 2018. Long texts are read in chunks, since the encoder knows so many positions only.
"""

import numpy as np

from imdb_genres.networks.numpy_bert import bert_outputs
from imdb_genres.networks.numpy_layers import dense_stack
from imdb_genres.networks.types import Layers, Network
from imdb_genres.params.network import NetworkSettings

CHUNKS_PER_BATCH = 8  # bounds the memory of attention in NumPy
BACKBONE = "encoder/backbone/layers"


def build(num_words: int, num_genres: int, settings: NetworkSettings) -> Network:
    """Return a model from int32 subword ids (n, chunks, length), 0 for padding, to logits (n, genres).

    Its encoder has the pretrained weights of ``train.encoder.weights``.
    """
    from imdb_genres.networks.keras_backend import keras
    from imdb_genres.networks.keras_encoder import ChunkEncoder, load_backbone
    from imdb_genres.networks.keras_layers import hidden_layers, logits

    own = settings.encoder
    inputs = keras.Input((own.chunks, own.chunk_length), dtype="int32", name="subwords")
    vectors = ChunkEncoder(load_backbone(own), own.pooling, name="encoder")(inputs)
    text = keras.layers.Dropout(own.dropout, name="text_dropout")(vectors)
    return keras.Model(inputs, logits(hidden_layers(text, settings), num_genres))


def forward(layers: Layers, chunks: np.ndarray, settings: NetworkSettings) -> np.ndarray:
    """Return float64 logits (n, genres) of subword ids (n, chunks, length); float32 inside the encoder."""
    return dense_stack(layers, text_vectors(layers, chunks, settings), settings)


def text_vectors(layers: Layers, chunks: np.ndarray, settings: NetworkSettings) -> np.ndarray:
    """Return float64 (n, hidden size): the mean over tokens, or over the chunks' first tokens."""
    used = chunks[:, :, 0] != 0
    text_of, tokens = np.nonzero(used)[0], chunks[used]
    backbone = {
        name.removeprefix(f"{BACKBONE}/"): [array.astype(np.float32) for array in arrays]
        for name, arrays in layers.items()
        if name.startswith(BACKBONE)
    }
    sums = np.zeros((len(chunks), backbone["embedding"][0].shape[1]))
    counts = np.zeros((len(chunks), 1))
    for first in range(0, len(tokens), CHUNKS_PER_BATCH):
        batch = tokens[first : first + CHUNKS_PER_BATCH]
        batch = batch[:, : int((batch != 0).sum(axis=1).max())]
        counted = batch != 0
        if settings.encoder.pooling == "first":
            counted = counted & (np.arange(batch.shape[1]) == 0)
        outputs = bert_outputs(backbone, batch)
        rows = text_of[first : first + CHUNKS_PER_BATCH]
        np.add.at(sums, rows, (outputs * counted[:, :, None]).sum(axis=1, dtype=float))
        np.add.at(counts, rows, counted.sum(axis=1, keepdims=True))
    return np.asarray(sums / counts)
