"""Four ways from texts to a vocabulary, word indexes and a binary matrix, each in two steps.

Each function imports what it needs and returns a generator function: texts go in, the first
``yield`` comes when texts are indexes, the second has the words and the matrix (rows x words + 1).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from imdb_genres.text.tokenizer import SEPARATORS

MAX_WORDS = 1500
Steps = Callable[[list[str]], Iterator[Any]]


def keras_tokenizer() -> Steps:
    """Keras's classic Tokenizer, whose matrix is dense float64."""
    from keras.src.legacy.preprocessing.text import Tokenizer

    def steps(texts: list[str]) -> Iterator[Any]:
        tokenizer = Tokenizer(num_words=MAX_WORDS)
        tokenizer.fit_on_texts(texts)
        sequences = tokenizer.texts_to_sequences(texts)
        yield None
        matrix = tokenizer.sequences_to_matrix(sequences, "binary")
        yield list(tokenizer.word_index)[: MAX_WORDS - 1], matrix

    return steps


def this_project() -> Steps:
    """The code of the stages tokenize and train."""
    from imdb_genres.text.fit_vocabulary import fit_vocabulary
    from imdb_genres.text.tokenizer import tokenize_texts
    from imdb_genres.text.vectorizer import to_matrix

    def steps(texts: list[str]) -> Iterator[Any]:
        words = tokenize_texts(texts)
        vocabulary = fit_vocabulary(words, MAX_WORDS)
        rows = vocabulary.encode_words(words)
        yield None
        yield vocabulary.words[1:], to_matrix(rows, vocabulary, "binary")

    return steps


def plain_python() -> Steps:
    """The simplest code that gives the same: str.translate, a Counter, a dictionary, scipy."""
    from scipy.sparse import csr_matrix

    spaces = str.maketrans(dict.fromkeys(SEPARATORS.decode(), " "))

    def split(text: str) -> Iterator[str]:
        return filter(None, text.lower().translate(spaces).split(" "))

    def steps(texts: list[str]) -> Iterator[Any]:
        counts = Counter(chain.from_iterable(map(split, texts)))
        words = [word for word, _ in counts.most_common(MAX_WORDS - 1)]
        index = {word: number for number, word in enumerate(words, 1)}
        rows = [
            np.array([index[word] for word in split(text) if word in index], np.uint16)
            for text in texts
        ]
        yield None
        ids = np.concatenate(rows)
        offsets = np.cumsum([0, *map(len, rows)])
        ones = np.ones(len(ids), np.float32)
        matrix = csr_matrix((ones, ids, offsets), (len(texts), MAX_WORDS))
        matrix.sum_duplicates()
        matrix.data[:] = 1
        yield words, matrix

    return steps


def scikit_learn() -> Steps:
    """CountVectorizer on the same words; those of equal frequency, it ranks by name."""
    from sklearn.feature_extraction.text import CountVectorizer

    word = "[^" + "".join(f"\\{chr(code)}" for code in SEPARATORS) + " ]+"

    def steps(texts: list[str]) -> Iterator[Any]:
        vectorizer = CountVectorizer(
            max_features=MAX_WORDS - 1, token_pattern=word, binary=True, dtype=np.float32
        )
        matrix = vectorizer.fit_transform(texts)
        yield None
        yield list(vectorizer.get_feature_names_out()), matrix

    return steps


TOKENIZERS: dict[str, Callable[[], Steps]] = {
    "Keras Tokenizer": keras_tokenizer,
    "this project": this_project,
    "plain Python": plain_python,
    "scikit-learn": scikit_learn,
}
