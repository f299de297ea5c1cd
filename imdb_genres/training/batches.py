"""Input batches, built from word ids in TensorFlow's graph.

A dense matrix of a corpus takes gigabytes, nearly all zeros; its word ids take tens of megabytes,
and multiplying only the non-zero entries is faster too.
"""

from collections.abc import Callable, Iterable

import numpy as np
from scipy.sparse import csr_matrix

from imdb_genres.networks.keras_backend import tf
from imdb_genres.networks.types import Tensor
from imdb_genres.text.ragged import RaggedArray, lengths_to_offsets
from imdb_genres.text.vectorizer import SequenceInput, SparseInput, to_matrix
from imdb_genres.text.vocabulary import Vocabulary

Batcher = Callable[[Tensor], Tensor]  # row numbers -> the network's input


class SparseBatcher:
    """Batches of a sparse matrix, given in chunks of rows.

    The entries of a ``binary`` matrix, all of them 1, take no memory.
    """

    def __init__(self, chunks: Iterable[csr_matrix], binary: bool = False) -> None:
        lengths, columns, values = [], [], []
        for chunk in chunks:
            self._width = chunk.shape[1]
            lengths.append(np.diff(chunk.indptr))
            columns.append(chunk.indices.astype(np.uint16 if self._width <= 2**16 else np.int32))
            if not binary:
                values.append(chunk.data)
        offsets = lengths_to_offsets(np.concatenate(lengths))
        self._columns = _ragged(np.concatenate(columns), offsets)
        self._values = None if binary else _ragged(np.concatenate(values), offsets)

    def __call__(self, rows: Tensor) -> Tensor:
        """Return the given rows as a float32 SparseTensor (rows, columns)."""
        entries = tf.gather(self._columns, rows).to_sparse()  # indices: (row, position in it)
        columns = tf.cast(entries.values, tf.int64)
        if self._values is None:
            values = tf.ones_like(columns, tf.float32)
        else:
            values = tf.gather(self._values, rows).flat_values
        indices = tf.stack([entries.indices[:, 0], columns], axis=1)
        batch = tf.SparseTensor(indices, values, (tf.size(rows, tf.int64), self._width))
        batch.set_shape((None, self._width))
        return batch


class SequenceBatcher:
    """Batches of the first ``max_length`` word ids of each row."""

    def __init__(self, rows: RaggedArray, max_length: int) -> None:
        self._max_length = max_length
        self._ids = _ragged(rows.ids, rows.offsets)

    def __call__(self, rows: Tensor) -> Tensor:
        """Return the given rows as an int32 tensor (rows, max_length), padded with 0."""
        words = tf.cast(tf.gather(self._ids, rows), tf.int32)
        return words.to_tensor(shape=(None, self._max_length))


class DenseBatcher:
    """Batches of a dense array: an encoder's chunks of subword ids, or its vectors."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = tf.constant(array)

    def __call__(self, rows: Tensor) -> Tensor:
        """Return the given rows as a tensor (rows, ...) of the array's dtype."""
        return tf.gather(self._array, rows)


def make_batcher(
    rows: RaggedArray, vocabulary: Vocabulary, settings: SparseInput | SequenceInput
) -> Batcher:
    """Return the batcher of a network that reads ``rows`` with these input settings."""
    if isinstance(settings, SequenceInput):
        return SequenceBatcher(rows, settings.max_length)
    chunks = (
        to_matrix(chunk, vocabulary, settings.mode, settings.normalize) for chunk in rows.chunks()
    )
    return SparseBatcher(chunks, binary=settings.mode == "binary" and not settings.normalize)


def _ragged(entries: np.ndarray, offsets: np.ndarray) -> Tensor:
    """Return the RaggedTensor whose row r is ``entries[offsets[r]:offsets[r + 1]]``."""
    return tf.RaggedTensor.from_row_splits(entries, offsets.astype(np.int64), validate=False)
