"""Word ids -> the input of a network: a sparse matrix, or sequences of equal length."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.sparse import csr_matrix, vstack

from imdb_genres.text.ragged import RaggedArray
from imdb_genres.text.vocabulary import Vocabulary


@dataclass(frozen=True)
class SparseInput:
    """A network reads float32 rows (n, words); see ``to_matrix`` for the entries."""

    mode: str
    normalize: bool

    __pydantic_config__: ClassVar = {"extra": "forbid"}  # for model.json


@dataclass(frozen=True)
class SequenceInput:
    """A network reads the first ``max_length`` word ids of each text, 0 for padding."""

    max_length: int

    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True)
class ChunkInput:
    """A network reads the first ``chunks`` chunks of ``length`` subword ids of each text."""

    chunks: int
    length: int

    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True)
class WordsAndChunks(ChunkInput):
    """A network reads chunks like ``ChunkInput``, and rows of words like ``SparseInput``."""

    mode: str
    normalize: bool


InputSettings = SparseInput | SequenceInput | ChunkInput | WordsAndChunks


def to_input(
    rows: RaggedArray, vocabulary: Vocabulary, settings: SparseInput | SequenceInput
) -> csr_matrix | np.ndarray:
    """Return what a network with these input settings reads."""
    if isinstance(settings, SequenceInput):
        return to_sequences(rows, settings.max_length)
    return to_matrix(rows, vocabulary, settings.mode, settings.normalize)


def to_matrix(
    rows: RaggedArray, vocabulary: Vocabulary, mode: str, normalize: bool = False
) -> csr_matrix:
    """Return float32 (rows, words of the vocabulary), as Keras's Tokenizer computes it.

    ``mode`` sets a word's entry: ``binary`` 1, ``count`` its count, ``freq`` its share of the row,
    ``tfidf`` (1 + log count) * log(1 + texts / (1 + texts with the word)).
    ``normalize`` divides every row by its L2 norm.
    """
    return vstack(
        [_to_matrix(chunk, vocabulary, mode, normalize) for chunk in rows.chunks()], "csr"
    )


def _to_matrix(rows: RaggedArray, vocabulary: Vocabulary, mode: str, normalize: bool) -> csr_matrix:
    matrix = _count(rows, len(vocabulary))
    counts = matrix.data
    row_ids = np.repeat(np.arange(len(rows)), np.diff(matrix.indptr))
    match mode:
        case "binary":
            entries = np.ones(len(counts))
        case "count":
            entries = counts
        case "freq":
            entries = counts / np.diff(rows.offsets)[row_ids]
        case "tfidf":
            idf = np.log(1 + vocabulary.documents[0] / (1 + vocabulary.documents))
            entries = (1 + np.log(counts)) * idf[matrix.indices]
        case _:
            raise ValueError(f"unknown mode {mode!r}: binary, count, freq or tfidf")
    if normalize:
        entries = entries / np.sqrt(np.bincount(row_ids, entries**2))[row_ids]
    matrix.data = entries.astype(np.float32)
    return matrix


def _count(rows: RaggedArray, words: int) -> csr_matrix:
    """Return int32 (rows, words): how often each word occurs in each row."""
    ones = np.ones(len(rows.ids), np.int32)
    matrix = csr_matrix((ones, rows.ids, rows.offsets), (len(rows), words))
    matrix = matrix.tocsc().tocsr()  # sorts each row's words in linear time
    matrix.sum_duplicates()
    return matrix


def to_sequences(rows: RaggedArray, length: int) -> np.ndarray:
    """Return (rows, length): the first ``length`` ids of each row, zeros after a shorter one."""
    lengths = np.minimum(np.diff(rows.offsets), length)
    sequences = np.zeros((len(rows), length), rows.ids.dtype)
    filled = np.arange(length) < lengths[:, None]
    sequences[filled] = rows.ids[(rows.offsets[:-1, None] + np.arange(length))[filled]]
    return sequences
