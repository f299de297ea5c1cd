"""data/vocabulary.txt keeps every word; a corrupt one is a user error."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdb_genres.errors import UserError
from imdb_genres.text.fit_vocabulary import fit_vocabulary
from imdb_genres.text.tokenizer import tokenize_texts
from imdb_genres.text.vocabulary import Vocabulary


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_odd_words_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "vocabulary.txt"
    words = tokenize_texts([*texts, "cr\rlf\x85next\u2028line\x1cfile\x0bvertical"])
    vocabulary = fit_vocabulary(words, 1000, ngrams=2)
    vocabulary.write(path)
    again = Vocabulary.read(path)
    assert again.words == vocabulary.words
    assert again.documents.tolist() == vocabulary.documents.tolist()
    np.testing.assert_array_equal(again.encode(texts).ids, vocabulary.encode(texts).ids)


def test_the_line_number_is_the_index(tmp_path: Path) -> None:
    fit_vocabulary(tokenize_texts(["the sea, the boat", "the sea"]), 3).write(tmp_path / "v.txt")
    assert (tmp_path / "v.txt").read_bytes() == b"\t2\nthe\t2\nsea\t2\n"


@pytest.mark.parametrize(
    "content", [b"", b"the\n", b"\t2\nthe\n", b"\t2\nthe\tmany\n", b"the\t2\n", b"\xff\t2\n"]
)
def test_a_corrupt_vocabulary_is_a_user_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vocabulary.txt").write_bytes(content)
    with pytest.raises(UserError, match=r"vocabulary.txt is corrupt: expected lines of a word"):
        Vocabulary.read(tmp_path / "vocabulary.txt")


def test_a_missing_vocabulary_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"vocabulary.txt is missing: run `dvc repro`"):
        Vocabulary.read(tmp_path / "vocabulary.txt")
