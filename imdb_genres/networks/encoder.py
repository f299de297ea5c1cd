"""A pretrained BERT encoder, fine-tuned: token vectors averaged over a text's chunks, then dense layers.

Devlin et al. 2018. Long texts are read in chunks, since the encoder has a maximum sequence length.
"""

import numpy as np

from imdb_genres.networks.numpy_bert import bert_outputs
from imdb_genres.networks.numpy_layers import dense_stack
from imdb_genres.networks.pooling import map_on_threads, text_vectors
from imdb_genres.networks.types import Layers, Network
from imdb_genres.params.network import NetworkSettings

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
    """Return float64 logits (n, genres) of subword ids (n, chunks, length).

    Inside the encoder the precision is that of ``layers``.
    """
    backbone = {
        name.removeprefix(f"{BACKBONE}/"): arrays
        for name, arrays in layers.items()
        if name.startswith(BACKBONE)
    }
    vectors = text_vectors(
        chunks,
        settings.encoder.pooling,
        lambda subwords: bert_outputs(backbone, subwords),
        map_on_threads,
    )
    return dense_stack(layers, vectors, settings)
