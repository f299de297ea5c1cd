"""Rows become sparse matrices and sequences; test_tokenizer.py compares them with Keras's."""

import numpy as np
import pytest

from imdb_genres.text import ragged as rows
from imdb_genres.text.ragged import RaggedArray
from imdb_genres.text.vectorizer import to_matrix, to_sequences
from imdb_genres.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary(["", "sea", "boat", "storm"], np.array([9, 5, 2, 1]))
ROWS = RaggedArray(np.array([1, 2, 1, 3, 2], np.uint16), np.array([0, 3, 3, 5]))


def test_words_are_counted_row_by_row() -> None:
    matrix = to_matrix(ROWS, VOCABULARY, "count")
    assert matrix.toarray().tolist() == [[0, 2, 1, 0], [0, 0, 0, 0], [0, 0, 1, 1]]


@pytest.mark.parametrize("mode", ["binary", "count", "freq", "tfidf"])
def test_normalized_rows_have_norm_one(mode: str) -> None:
    plain = to_matrix(ROWS, VOCABULARY, mode).toarray()
    normalized = to_matrix(ROWS, VOCABULARY, mode, normalize=True).toarray()
    np.testing.assert_allclose(np.linalg.norm(normalized, axis=1), [1, 0, 1], rtol=1e-6)
    np.testing.assert_allclose(normalized[0] * np.linalg.norm(plain[0]), plain[0], rtol=1e-6)


def test_no_rows_give_a_matrix_of_no_rows() -> None:
    none = VOCABULARY.encode([])
    assert to_matrix(none, VOCABULARY, "tfidf", normalize=True).shape == (0, 4)
    assert to_sequences(none, 5).shape == (0, 5)


def test_an_unknown_mode_is_named() -> None:
    with pytest.raises(ValueError, match="unknown mode 'hot'"):
        to_matrix(ROWS, VOCABULARY, "hot")


def test_sequences_keep_the_first_words_and_end_in_zeros() -> None:
    assert to_sequences(ROWS, 2).tolist() == [[1, 2], [0, 0], [3, 2]]
    assert to_sequences(ROWS, 4).tolist() == [[1, 2, 1, 0], [0, 0, 0, 0], [3, 2, 0, 0]]


def test_chunks_are_rows_with_offsets_from_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "CHUNK_ROWS", 2)
    chunks = [(chunk.ids.tolist(), chunk.offsets.tolist()) for chunk in ROWS.chunks()]
    assert chunks == [([1, 2, 1], [0, 3, 3]), ([3, 2], [0, 2])]
