"""Texts become chunks of subwords: every subword once and in order, as many as are asked for."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdb_genres.errors import UserError
from imdb_genres.text.ragged import RaggedArray, lengths_to_offsets
from imdb_genres.text.subwords import SubwordTokenizer, to_chunks
from tests.support.encoders import write_encoder

START, END = 101, 102


@given(
    st.lists(st.lists(st.integers(1, 99), max_size=30), min_size=1, max_size=5),
    st.integers(1, 4),
    st.integers(3, 9),
)
def test_chunks_hold_the_first_subwords_in_order(
    texts: list[list[int]], chunks: int, length: int
) -> None:
    ids = np.array([number for text in texts for number in text], np.uint16)
    offsets = lengths_to_offsets(np.array([len(text) for text in texts]))
    result = to_chunks(RaggedArray(ids, offsets), chunks, length, START, END)
    assert result.shape == (len(texts), chunks, length)
    for text, rows in zip(texts, result, strict=True):
        assert [number for number in rows.ravel() if 0 < number < START] == text[
            : chunks * (length - 2)
        ]
        for number, row in enumerate(rows):
            inside = [entry for entry in row if entry]
            if number == 0 or len(text) > number * (length - 2):
                assert (inside[0], inside[-1]) == (START, END)
                assert not row[len(inside) :].any()
            else:
                assert inside == []


def test_a_file_that_is_no_tokenizer_is_an_error_that_names_it(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers")
    with pytest.raises(UserError, match=r"tokenizer.json is missing"):
        SubwordTokenizer.read(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(UserError, match=r"tokenizer.json"):
        SubwordTokenizer.read(tmp_path)


def test_a_word_of_one_subword_is_known(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers")
    pytest.importorskip("safetensors")
    write_encoder(tmp_path / "encoder", ["sea", "##shore"])
    words = SubwordTokenizer.read(tmp_path / "encoder").whole_words()
    assert "sea" in words and not {"shore", "##shore", "seashore"} & words
