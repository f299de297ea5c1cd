"""Rows on their way into a network: kept as word indexes, made into batches in TensorFlow's graph.

A dense matrix of a corpus is gigabytes and most of it zeros; its indexes are tens of megabytes,
and multiplying only what is there is also faster.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from imdb_genres.networks.keras_backend import tf
from imdb_genres.text.ragged import RaggedArray, lengths_to_offsets
from imdb_genres.text.vectorizer import to_matrix
from imdb_genres.text.vocabulary import Vocabulary

Batcher = Callable[[Any], Any]  # row numbers -> the network's input


class SparseBatcher:
    """The rows of a sparse matrix, given in parts, as sparse batches.

    The entries of a matrix of ``only_ones`` take no memory.
    """

    def __init__(self, parts: Iterable[csr_matrix], only_ones: bool = False) -> None:
        lengths, columns, values = [], [], []
        for part in parts:
            self._width = part.shape[1]
            lengths.append(np.diff(part.indptr))
            columns.append(part.indices.astype(np.uint16 if self._width <= 2**16 else np.int32))
            if not only_ones:
                values.append(part.data)
        offsets = lengths_to_offsets(np.concatenate(lengths))
        self._columns = _ragged(np.concatenate(columns), offsets)
        self._values = None if only_ones else _ragged(np.concatenate(values), offsets)

    def __call__(self, rows: Any) -> Any:
        """Return the given rows as a float32 SparseTensor (rows, columns)."""
        entries = tf.gather(self._columns, rows).to_sparse()  # places: (row, position in it)
        columns = tf.cast(entries.values, tf.int64)
        if self._values is None:
            values = tf.ones_like(columns, tf.float32)
        else:
            values = tf.gather(self._values, rows).flat_values
        places = tf.stack([entries.indices[:, 0], columns], axis=1)
        batch = tf.SparseTensor(places, values, (tf.size(rows, tf.int64), self._width))
        batch.set_shape((None, self._width))
        return batch


class SequenceBatcher:
    """The first words of rows of word indexes, as batches of one length."""

    def __init__(self, rows: RaggedArray, length: int) -> None:
        self._length = length
        self._ids = _ragged(rows.ids, rows.offsets)

    def __call__(self, rows: Any) -> Any:
        """Return the given rows as an int32 tensor (rows, length), 0 after a shorter text."""
        words = tf.cast(tf.gather(self._ids, rows), tf.int32)
        return words.to_tensor(shape=(None, self._length))


def make_batcher(rows: RaggedArray, vocabulary: Vocabulary, settings: dict[str, Any]) -> Batcher:
    """Return the feed of a network whose family reads rows with these ``settings``."""
    if "max_length" in settings:
        return SequenceBatcher(rows, settings["max_length"])
    matrices = (to_matrix(part, vocabulary, **settings) for part in rows.parts())
    return SparseBatcher(matrices, settings["mode"] == "binary" and not settings["normalise"])


def _ragged(entries: np.ndarray, offsets: np.ndarray) -> Any:
    """Return the RaggedTensor whose row r is ``entries[offsets[r]:offsets[r + 1]]``."""
    return tf.RaggedTensor.from_row_splits(entries, offsets.astype(np.int64), validate=False)
