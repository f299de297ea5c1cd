"""Rows of word indexes -> what a network reads: a sparse matrix, or sequences of one length."""

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, vstack

from imdb_genres.text.ragged import RaggedArray
from imdb_genres.text.vocabulary import Vocabulary


def to_matrix(
    rows: RaggedArray, vocabulary: Vocabulary, mode: str, normalise: bool = False
) -> csr_matrix:
    """Return float32 (rows, words of the vocabulary), the numbers of Keras's Tokenizer.

    ``mode`` says what a word's entry holds: ``binary`` 1, ``count`` its number, ``freq`` its share
    of the row, ``tfidf`` (1 + log count) * log(1 + texts / (1 + texts that hold the word)).
    ``normalise`` divides every row by its Euclidean length.
    """
    return vstack([_to_matrix(part, vocabulary, mode, normalise) for part in rows.parts()], "csr")


def _to_matrix(rows: RaggedArray, vocabulary: Vocabulary, mode: str, normalise: bool) -> csr_matrix:
    matrix = _count(rows, len(vocabulary))
    counts, row_of = matrix.data, np.repeat(np.arange(len(rows)), np.diff(matrix.indptr))
    match mode:
        case "binary":
            entries = np.ones(len(counts))
        case "count":
            entries = counts
        case "freq":
            entries = counts / np.diff(rows.offsets)[row_of]
        case "tfidf":
            rarity = np.log(1 + vocabulary.documents[0] / (1 + vocabulary.documents))
            entries = (1 + np.log(counts)) * rarity[matrix.indices]
        case _:
            raise ValueError(f"unknown mode {mode!r}: binary, count, freq or tfidf")
    if normalise:
        entries = entries / np.sqrt(np.bincount(row_of, entries**2))[row_of]
    matrix.data = entries.astype(np.float32)
    return matrix


def _count(rows: RaggedArray, words: int) -> csr_matrix:
    """Return int32 (rows, words): how often each row holds each word."""
    ones = np.ones(len(rows.ids), np.int32)
    matrix = csr_matrix((ones, rows.ids, rows.offsets), (len(rows), words))
    matrix = matrix.tocsc().tocsr()  # each row's words are in order now, in linear time
    matrix.sum_duplicates()
    return matrix


def to_input(rows: RaggedArray, vocabulary: Vocabulary, settings: dict[str, Any]) -> Any:
    """Return what a network of a family whose rows have these ``settings`` reads."""
    if "max_length" in settings:
        return to_sequences(rows, settings["max_length"])
    return to_matrix(rows, vocabulary, **settings)


def to_sequences(rows: RaggedArray, length: int) -> np.ndarray:
    """Return (rows, length): the first ``length`` ids of each row, zeros after a shorter one."""
    kept = np.minimum(np.diff(rows.offsets), length)
    sequences = np.zeros((len(rows), length), rows.ids.dtype)
    filled = np.arange(length) < kept[:, None]
    sequences[filled] = rows.ids[(rows.offsets[:-1, None] + np.arange(length))[filled]]
    return sequences
