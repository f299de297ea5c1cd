"""BERT's encoder in NumPy (Devlin et al. 2018), from the weights of KerasHub's BertBackbone."""

import math
from itertools import count

import numpy as np

from imdb_genres.networks.types import Layers

EPSILON = 1e-12  # of BERT's layer normalization


def bert_outputs(layers: Layers, tokens: np.ndarray) -> np.ndarray:
    """Return (n, length, hidden size): a vector for each of ``tokens`` (n, length), without padding.

    ``layers`` are float32 or float64, as the result is, by their place in the backbone:
    ``embedding`` (segments), ``reversible_embedding`` (tokens), ``position_embedding``, ...
    """
    [words] = layers["reversible_embedding"]
    [positions] = layers["position_embedding"]
    [segments] = layers["embedding"]
    vectors = words[tokens] + positions[: tokens.shape[1]] + segments[0]
    vectors = layer_norm(vectors, *layers["layer_normalization"])
    for number in count():
        name = f"transformer_encoder_{number}" if number else "transformer_encoder"
        if f"{name}/_feedforward_layer_norm" not in layers:
            return vectors
        vectors = transformer_layer(layers, name, vectors)
    raise AssertionError("unreachable")


def transformer_layer(layers: Layers, name: str, vectors: np.ndarray) -> np.ndarray:
    """Apply self-attention and the feed-forward network, each added to its input and normalized."""
    attended = self_attention(layers, f"{name}/_self_attention_layer", vectors)
    vectors = layer_norm(vectors + attended, *layers[f"{name}/_self_attention_layer_norm"])
    kernel, offset = layers[f"{name}/_feedforward_intermediate_dense"]
    hidden = gelu(dense(vectors, kernel, offset))
    kernel, offset = layers[f"{name}/_feedforward_output_dense"]
    return layer_norm(
        vectors + hidden @ kernel + offset, *layers[f"{name}/_feedforward_layer_norm"]
    )


def self_attention(layers: Layers, name: str, vectors: np.ndarray) -> np.ndarray:
    """Return (n, length, hidden size) of scaled dot-product attention."""
    query, key, value = (
        project(vectors, *layers[f"{name}/{part}_dense"]) for part in ("query", "key", "value")
    )
    scores = query @ key.swapaxes(2, 3) / math.sqrt(query.shape[-1])
    context = softmax(scores) @ value  # (n, heads, length, head size)
    kernel, offset = layers[f"{name}/output_dense"]  # (heads, head size, hidden size)
    joined = context.swapaxes(1, 2).reshape(*vectors.shape[:2], -1)
    return dense(joined, kernel.reshape(-1, kernel.shape[-1]), offset)


def project(vectors: np.ndarray, kernel: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Return (n, heads, length, head size) of a ``kernel`` (hidden size, heads, head size)."""
    heads, size = offset.shape
    projected = dense(vectors, kernel.reshape(len(kernel), -1), offset.ravel())
    return projected.reshape(*vectors.shape[:2], heads, size).swapaxes(1, 2)


def dense(vectors: np.ndarray, kernel: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Apply a dense layer to the last axis, as a single matrix product."""
    flat = vectors.reshape(-1, vectors.shape[-1])
    return np.asarray((flat @ kernel + offset).reshape(*vectors.shape[:-1], -1))


def layer_norm(vectors: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Normalize the last axis to mean 0 and variance 1, then scale and shift."""
    centred = vectors - vectors.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    return np.asarray(centred / np.sqrt(variance + EPSILON) * gamma + beta)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Replace ``scores`` by their softmax over the last axis: in place, scipy's takes twice as long."""
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores


def gelu(x: np.ndarray) -> np.ndarray:
    """Return GELU in its tanh approximation, as KerasHub's BERT has it."""
    inner = x * x  # NumPy's x**3 would take longer than the tanh
    inner *= 0.044715
    inner += 1
    inner *= x
    inner *= math.sqrt(2 / math.pi)
    np.tanh(inner, out=inner)
    inner += 1
    inner *= x
    inner *= 0.5
    return np.asarray(inner)
