"""Batches and optimizer for fine-tuning a pretrained encoder; cached vectors if it is frozen."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from filelock import FileLock

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.networks.keras_backend import keras, tf
from imdb_genres.networks.pooling import text_vectors
from imdb_genres.networks.types import Network
from imdb_genres.params.training import Train
from imdb_genres.text.subwords import to_chunks
from imdb_genres.training.batches import Batcher, DenseBatcher
from imdb_genres.training.dataset import Subwords
from imdb_genres.training.fine_tuning_optimizer import make_fine_tuning_optimizer
from imdb_genres.training.optimizers import make_optimizer
from imdb_genres.training.progress import encoding_progress
from imdb_genres.training.trainer import Pace

PACE = Pace(steps_per_execution=1, predict_batch_size=16)
DECIMALS = 5  # of a frozen encoder's vectors: processors disagree about the seventh


@dataclass(frozen=True)
class FineTuning:
    """The network whose variables are trained, with its batches, its optimizer and its pace."""

    network: Network
    batcher: Batcher
    optimizer: keras.Optimizer
    pace: Pace


def fine_tuning(
    network: Network, subwords: Subwords, settings: Train, steps_per_epoch: int
) -> FineTuning:
    """Return how to train the encoder's ``network``: all of it, or what follows a frozen encoder.

    A frozen encoder computes the vectors of all texts once; they are kept for the next training.
    """
    own = settings.encoder
    chunks = to_chunks(subwords.rows, own.chunks, own.chunk_length, subwords.start, subwords.end)
    if own.frozen_layers != "all":
        optimizer = make_fine_tuning_optimizer(settings, steps_per_epoch, network)
        return FineTuning(network, DenseBatcher(chunks), optimizer, PACE)
    encoder = network.get_layer("encoder")
    vectors = frozen_vectors(encoder, chunks, subwords.weights, settings)
    head = keras.Model(encoder.output, network.output)
    optimizer = make_optimizer(
        settings.model_copy(update={"learning_rate": own.head_learning_rate}), steps_per_epoch
    )
    return FineTuning(head, DenseBatcher(vectors), optimizer, Pace())


def frozen_vectors(
    encoder: keras.Layer, chunks: np.ndarray, weights: str, settings: Train
) -> np.ndarray:
    """Return float32 (rows, hidden size), from an earlier training or computed now.

    ``chunks`` are subword ids, ``weights`` is the sha256 of the encoder's weights.
    """
    key = hashlib.blake2b(f"{weights} {settings.encoder.pooling}".encode(), digest_size=8)
    key.update(repr(chunks.shape).encode() + chunks.tobytes())
    folder = repository_root() / ".dvc" / "tmp" / "encoders"
    path = folder / f"vectors-{key.hexdigest()}.npy"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):  # experiments that run side by side share the folder
        if not path.exists():
            vectors = encode_rows(encoder, chunks, settings).round(DECIMALS).astype(np.float32)
            with atomic_replace(path) as temporary, temporary.open("wb") as file:
                np.save(file, vectors)
    return np.asarray(np.load(path))


def encode_rows(encoder: keras.Layer, chunks: np.ndarray, settings: Train) -> np.ndarray:
    """Return the encoder's float64 vectors (rows, hidden size); ``threads`` batches at once."""
    signature = [tf.TensorSpec((None, None), tf.int32)]
    compute = tf.function(encoder.subword_vectors, input_signature=signature)
    pool = ThreadPoolExecutor(settings.threads)
    try:
        return text_vectors(
            chunks,
            settings.encoder.pooling,
            lambda subwords: compute(subwords).numpy(),
            lambda pooled, batches: encoding_progress(pool.map(pooled, batches), len(batches)),
        )
    finally:  # an exit while TensorFlow computes would be a segmentation fault
        pool.shutdown(cancel_futures=True)
