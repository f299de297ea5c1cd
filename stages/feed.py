"""Rows on their way into a network: kept as word ids, made into batches inside TensorFlow's graph.

A dense matrix of a corpus is gigabytes and most of it zeros; its ids are tens of megabytes, and
multiplying only what is there is also faster.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from stages.backend import tf
from stages.matrix import to_matrix
from stages.rows import Rows
from stages.text import Vocabulary

Feed = Callable[[Any], Any]  # row numbers -> the network's input


class MatrixFeed:
    """The rows of a sparse matrix, as sparse batches."""

    def __init__(self, matrix: csr_matrix) -> None:
        self._width = matrix.shape[1]
        splits = matrix.indptr.astype(np.int64)
        self._columns = _ragged(matrix.indices.astype(np.int32), splits)
        self._values = _ragged(matrix.data.astype(np.float32), splits)

    def __call__(self, rows: Any) -> Any:
        """Return the given rows as a float32 SparseTensor (rows, columns)."""
        columns, values = tf.gather(self._columns, rows), tf.gather(self._values, rows)
        places = tf.stack([columns.value_rowids(), tf.cast(columns.flat_values, tf.int64)], axis=1)
        shape = tf.stack([tf.size(rows, out_type=tf.int64), self._width])
        batch = tf.SparseTensor(places, values.flat_values, shape)
        batch.set_shape([None, self._width])
        return batch


class SequenceFeed:
    """The first words of rows of word indexes, as batches of one length."""

    def __init__(self, rows: Rows, length: int) -> None:
        self._length = length
        self._ids = _ragged(rows.ids.astype(np.int32), rows.offsets)

    def __call__(self, rows: Any) -> Any:
        """Return the given rows as an int32 tensor (rows, length), 0 after a shorter text."""
        return tf.gather(self._ids, rows).to_tensor(shape=(None, self._length))


def make_feed(rows: Rows, vocabulary: Vocabulary, settings: dict[str, Any]) -> Feed:
    """Return the feed of a network whose family reads rows with these ``settings``."""
    if "max_length" in settings:
        return SequenceFeed(rows, settings["max_length"])
    return MatrixFeed(to_matrix(rows, vocabulary, **settings))


def _ragged(values: np.ndarray, splits: np.ndarray) -> Any:
    return tf.RaggedTensor.from_row_splits(values, splits, validate=False)
