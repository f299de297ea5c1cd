"""What the training of a pretrained encoder needs beside that of the other families."""

import hashlib
from dataclasses import dataclass

import numpy as np

from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.networks.keras_backend import keras, tf
from imdb_genres.networks.types import Network
from imdb_genres.params.training import Train
from imdb_genres.progress import progress_bar
from imdb_genres.text.vectorizer import ChunkInput
from imdb_genres.training.batches import Batcher, ChunkBatcher, VectorBatcher
from imdb_genres.training.dataset import Subwords
from imdb_genres.training.optimizers import make_fine_tuning_optimizer, make_optimizer
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
    inputs = ChunkInput(settings.encoder.chunks, settings.encoder.chunk_length)
    batcher = ChunkBatcher(subwords, inputs)
    if settings.encoder.frozen_layers != "all":
        optimizer = make_fine_tuning_optimizer(settings, steps_per_epoch, network)
        return FineTuning(network, batcher, optimizer, PACE)
    encoder = network.get_layer("encoder")
    vectors = frozen_vectors(encoder, batcher, subwords, settings)
    head = keras.Model(encoder.output, network.output)
    return FineTuning(
        head, VectorBatcher(vectors), make_optimizer(settings, steps_per_epoch), Pace()
    )


def frozen_vectors(
    encoder: keras.Layer, batcher: Batcher, subwords: Subwords, settings: Train
) -> np.ndarray:
    """Return float32 (rows, hidden size), from an earlier training or computed now."""
    own = settings.encoder
    content = f"{subwords.weights} {own.chunks} {own.chunk_length} {own.pooling}".encode()
    key = hashlib.blake2b(content, digest_size=8)
    for array in (subwords.rows.ids, subwords.rows.offsets):
        key.update(np.ascontiguousarray(array).data)
    folder = repository_root() / ".dvc" / "tmp" / "encoders"
    path = folder / f"vectors-{key.hexdigest()}.npy"
    if not path.exists():
        vectors = encode_rows(encoder, batcher, len(subwords.rows))
        with atomic_replace(path) as temporary, temporary.open("wb") as file:
            np.save(file, vectors.round(DECIMALS))
    return np.asarray(np.load(path))


def encode_rows(encoder: keras.Layer, batcher: Batcher, rows: int) -> np.ndarray:
    """Return the encoder's vectors of the first ``rows`` rows, float32 (rows, hidden size)."""
    size = PACE.predict_batch_size
    predict = tf.function(lambda batch: encoder(batcher(batch)), reduce_retracing=True)
    starts = progress_bar(range(0, rows, size), desc="encoding texts")
    batches = [predict(tf.range(start, min(start + size, rows))).numpy() for start in starts]
    return np.concatenate(batches)
