"""The Keras side of the encoder: KerasHub's BERT with pretrained weights, and pooling over chunks."""

import os

from imdb_genres.errors import UserError
from imdb_genres.networks.keras_backend import keras, tf
from imdb_genres.networks.types import Network, Tensor
from imdb_genres.params.encoders import encoder_folder
from imdb_genres.params.network import Encoder
from imdb_genres.text.subwords import INSTALL


class ChunkEncoder(keras.layers.Layer):  # type: ignore[misc]
    """One vector for each text: int32 subword ids (n, chunks, length) -> float32 (n, hidden size).

    Only chunks that hold subwords are computed. ``pooling`` is ``mean``, over all of a text's tokens,
    or ``first``, over the first tokens of its chunks.
    """

    def __init__(self, backbone: Network, pooling: str, **options: str) -> None:
        super().__init__(**options)
        self.backbone = backbone
        self.pooling = pooling

    def call(self, chunks: Tensor, training: bool = False) -> Tensor:
        """Return the texts' vectors."""
        used = tf.not_equal(chunks[:, :, 0], 0)
        text_of = tf.where(used)[:, 0]
        tokens = tf.boolean_mask(chunks, used)
        mask = tf.cast(tf.not_equal(tokens, 0), tf.float32)
        longest = tf.cast(tf.reduce_max(tf.reduce_sum(mask, axis=1)), tf.int32)
        tokens, counted = tokens[:, :longest], mask[:, :longest, None]
        outputs = self.subword_vectors(tokens, training)
        if self.pooling == "first":
            sums, counts = outputs[:, 0], tf.ones_like(outputs[:, 0, :1])
        else:
            sums, counts = tf.reduce_sum(outputs * counted, 1), tf.reduce_sum(counted, 1)
        texts = tf.shape(chunks)[0]
        total = tf.math.unsorted_segment_sum(sums, text_of, texts)
        return total / tf.math.unsorted_segment_sum(counts, text_of, texts)

    def subword_vectors(self, tokens: Tensor, training: bool = False) -> Tensor:
        """Return float32 (n, length, hidden size) of int32 subword ids (n, length), 0 for padding."""
        inputs = {
            "token_ids": tokens,
            "padding_mask": tf.cast(tf.not_equal(tokens, 0), tf.int32),
            "segment_ids": tf.zeros_like(tokens),
        }
        return tf.cast(self.backbone(inputs, training=training)["sequence_output"], tf.float32)

    def compute_output_spec(self, chunks: Tensor, training: bool = False) -> Tensor:
        """Return float32 (n, hidden size)."""
        return keras.KerasTensor((chunks.shape[0], self.backbone.hidden_dim), "float32")


def load_backbone(settings: Encoder) -> Network:
    """Return KerasHub's BertBackbone with the weights of ``settings.weights``, its lower layers frozen.

    Raises UserError if KerasHub is missing, or the chunks are longer than the encoder's positions.
    """
    os.environ.setdefault("KAGGLEHUB_DISABLE_TELEMETRY", "1")
    try:
        from keras_hub.models import BertBackbone
    except ImportError:
        raise UserError(f"train.architecture encoder needs KerasHub: {INSTALL}") from None
    backbone = BertBackbone.from_preset(str(encoder_folder(settings.weights)))
    if settings.chunk_length > backbone.max_sequence_length:
        raise UserError(
            f"train.encoder.chunk_length is {settings.chunk_length}, but {settings.weights} knows "
            f"{backbone.max_sequence_length} positions: lower it"
        )
    freeze(backbone, settings.frozen_layers)
    return backbone


def freeze(backbone: Network, layers: int | str) -> None:
    """Exclude from training the embeddings and the lowest ``layers``, if there are any, or ``all``."""
    backbone.get_layer("pooled_dense").trainable = False  # its output is not used
    if layers == "all":
        backbone.trainable = False
    elif layers:
        below = [f"transformer_layer_{number}" for number in range(int(layers))]
        embeddings = ["token_embedding", "position_embedding", "segment_embedding"]
        for name in [*embeddings, "embeddings_layer_norm", *below]:
            backbone.get_layer(name).trainable = False
