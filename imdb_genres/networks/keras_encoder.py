"""The Keras side of the encoder: KerasHub's BERT with pretrained weights, and pooling over chunks."""

import os

from imdb_genres.errors import UserError
from imdb_genres.networks.keras_backend import keras, tf
from imdb_genres.networks.types import Network, Tensor
from imdb_genres.params.encoders import encoder_folder
from imdb_genres.params.network import Encoder
from imdb_genres.text.subwords import INSTALL

GROUPS = 4  # of a batch's chunks; their number changes the last digits, that of threads does not


class ChunkEncoder(keras.layers.Layer):  # type: ignore[misc]
    """One vector for each text: int32 subword ids (n, chunks, length) -> float32 (n, hidden size).

    Only chunks that hold subwords are computed, in groups of like length: they need little padding, and
    TensorFlow computes them at the same time. ``pooling`` is ``mean``, over all of a text's tokens,
    or ``first``, over the first tokens of its chunks.
    """

    def __init__(self, backbone: Network, pooling: str, **options: str) -> None:
        super().__init__(**options)
        self.backbone = backbone
        self.pooling = pooling

    def call(self, chunks: Tensor, training: bool = False) -> Tensor:
        """Return the texts' vectors."""
        used = tf.not_equal(chunks[:, :, 0], 0)
        text_of, tokens = tf.where(used)[:, 0], tf.boolean_mask(chunks, used)
        missing = tf.maximum(GROUPS - tf.size(text_of), 0)  # no group may be empty
        text_of = tf.pad(text_of, [[0, missing]], constant_values=-1)  # belongs to no text
        tokens = tf.pad(tokens, [[0, missing], [0, 0]], constant_values=1)
        groups = group_by_length(tokens)
        pooled = [self.pool(tf.gather(tokens, group), training) for group in groups]
        sums, counts = (tf.concat(parts, axis=0) for parts in zip(*pooled, strict=True))
        text_of, texts = tf.gather(text_of, tf.concat(groups, 0)), tf.shape(chunks)[0]
        total = tf.math.unsorted_segment_sum(sums, text_of, texts)
        return total / tf.math.unsorted_segment_sum(counts, text_of, texts)

    def pool(self, tokens: Tensor, training: bool = False) -> tuple[Tensor, Tensor]:
        """Return each chunk's sum of vectors (n, hidden size) and their number (n, 1), float32."""
        is_token = tf.not_equal(tokens, 0)
        longest = tf.reduce_max(tf.math.count_nonzero(is_token, axis=1, dtype=tf.int32))
        outputs = self.subword_vectors(tokens[:, :longest], training)
        if self.pooling == "first":
            return outputs[:, 0], tf.ones_like(outputs[:, 0, :1])
        counted = tf.cast(is_token[:, :longest, None], tf.float32)
        return tf.reduce_sum(outputs * counted, 1), tf.reduce_sum(counted, 1)

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


def group_by_length(tokens: Tensor) -> list[Tensor]:
    """Return the numbers of the chunks (n, length) in ``GROUPS`` of equal size, the longest first."""
    lengths = tf.math.count_nonzero(tokens, axis=1, dtype=tf.int32)
    order = tf.argsort(lengths, direction="DESCENDING", stable=True)
    sizes = (tf.size(order) + tf.range(GROUPS)) // GROUPS
    return list(tf.split(order, sizes))


def load_backbone(settings: Encoder) -> Network:
    """Return KerasHub's BertBackbone with the weights of ``settings.weights``, its lower layers frozen.

    Raises UserError if KerasHub is missing, the chunks are longer than the encoder accepts, or more
    layers are to be frozen than it has.
    """
    os.environ.setdefault("KAGGLEHUB_DISABLE_TELEMETRY", "1")
    try:
        from keras_hub.models import BertBackbone
    except ImportError:
        raise UserError(f"train.architecture encoder needs KerasHub: {INSTALL}") from None
    backbone = BertBackbone.from_preset(str(encoder_folder(settings.weights)))
    if settings.chunk_length > backbone.max_sequence_length:
        raise UserError(
            f"train.encoder.chunk_length is {settings.chunk_length}, but {settings.weights} "
            f"accepts at most {backbone.max_sequence_length}: lower train.encoder.chunk_length"
        )
    layers = settings.frozen_layers
    if layers != "all" and layers > backbone.num_layers:
        raise UserError(
            f"train.encoder.frozen_layers is {layers}, but {settings.weights} has "
            f"{backbone.num_layers} layers: lower train.encoder.frozen_layers, or set it to all"
        )
    freeze(backbone, layers)
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
