"""Rows of word indexes -> what a network reads: a sparse matrix, or sequences of one length."""

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from stages.rows import Rows
from stages.text import Vocabulary


def to_matrix(rows: Rows, vocabulary: Vocabulary, mode: str, normalise: bool = False) -> csr_matrix:
    """Return float32 (rows, words of the vocabulary), the numbers of Keras's Tokenizer.

    ``mode`` says what a word's entry holds: ``binary`` 1, ``count`` its number, ``freq`` its share
    of the row, ``tfidf`` (1 + log count) * log(1 + texts / (1 + texts that hold the word)).
    ``normalise`` divides every row by its Euclidean length.
    """
    shape = len(rows), len(vocabulary.words)
    matrix = csr_matrix((np.ones(len(rows.ids)), rows.ids, rows.offsets), shape)
    matrix.sum_duplicates()
    words_a_row = np.diff(matrix.indptr)
    match mode:
        case "binary":
            matrix.data[:] = 1
        case "freq":
            matrix.data /= np.repeat(np.diff(rows.offsets), words_a_row)
        case "tfidf":
            rarity = np.log(1 + vocabulary.documents[0] / (1 + vocabulary.documents))
            matrix.data = (1 + np.log(matrix.data)) * rarity[matrix.indices]
    if normalise:
        lengths = np.sqrt(matrix.power(2).sum(axis=1)).A1
        matrix.data /= np.repeat(lengths, words_a_row)
    return matrix.astype(np.float32)


def to_input(rows: Rows, vocabulary: Vocabulary, settings: dict[str, Any]) -> Any:
    """Return what a network of a family whose rows have these ``settings`` reads."""
    if "max_length" in settings:
        return to_sequences(rows, settings["max_length"])
    return to_matrix(rows, vocabulary, **settings)


def to_sequences(rows: Rows, length: int) -> np.ndarray:
    """Return (rows, length): the first ``length`` ids of each row, zeros after a shorter one."""
    kept = np.minimum(np.diff(rows.offsets), length)
    sequences = np.zeros((len(rows), length), rows.ids.dtype)
    filled = np.arange(length) < kept[:, None]
    sequences[filled] = rows.ids[(rows.offsets[:-1, None] + np.arange(length))[filled]]
    return sequences
