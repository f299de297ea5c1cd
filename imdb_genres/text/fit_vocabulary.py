"""Chooses the vocabulary: the most frequent words and n-grams of the training texts."""

import numpy as np
import pyarrow as pa

from imdb_genres.errors import UserError
from imdb_genres.text.tokenizer import TokenizedTexts
from imdb_genres.text.vocabulary import Vocabulary, bigram_keys


def fit_vocabulary(words: TokenizedTexts, max_words: int, ngrams: int = 1) -> Vocabulary:
    """Return the ``max_words - 1`` most frequent words and n-grams, most frequent first.

    Ties are broken by length, shorter n-grams first, then by first occurrence. Raises UserError if
    the texts contain no words.
    """
    if len(words.types) == 1:
        raise UserError("no training text contains a word: look at the texts in data/films.parquet")
    limit = max_words - 1
    counts = np.zeros(len(words.types), np.int64)
    for chunk in words.chunks:
        counts += np.bincount(chunk.ids, minlength=len(counts))
    ranked = [(words.types[index], counts[index]) for index in top_indices(counts, limit)]
    for _ in range(1, ngrams):
        ranked += extend_ngrams(words, _vocabulary(ranked), limit)
        ranked = sorted(ranked, key=lambda item: -item[1])[:limit]
    vocabulary = _vocabulary(ranked)
    return Vocabulary(vocabulary.words, count_documents(words, vocabulary))


def _vocabulary(ranked: list[tuple[str, int]]) -> Vocabulary:
    return Vocabulary(["", *(word for word, _ in ranked)], np.empty(0))


def top_indices(counts: np.ndarray, limit: int) -> np.ndarray:
    """Return the indices of the largest ``counts`` above zero; ties keep their order."""
    return np.argsort(-counts, kind="stable")[: min(limit, np.count_nonzero(counts))]


def extend_ngrams(words: TokenizedTexts, known: Vocabulary, limit: int) -> list[tuple[str, int]]:
    """Return the most frequent n-grams one word longer than those of ``known``, with their counts.

    An n-gram is never more frequent than the two shorter n-grams that it consists of, so only pairs
    of overlapping n-grams of ``known`` are counted.
    """
    levels = zip(words.chunks, known.ngram_ids(words), strict=True)
    pairs = (bigram_keys(level[:, -1], chunk, len(known)) for chunk, level in levels)
    pair_counts = pa.chunked_array(pa.array(keys[keys > 0]) for keys in pairs).value_counts()
    keys, counts = map(np.from_dlpack, pair_counts.flatten())
    best = top_indices(counts, limit)
    heads, tails = np.divmod(keys[best], len(known))
    return [
        (f"{known.words[head]} {known.words[tail].rpartition(' ')[2]}", count)
        for head, tail, count in zip(heads, tails, counts[best], strict=True)
    ]


def count_documents(words: TokenizedTexts, vocabulary: Vocabulary) -> np.ndarray:
    """Return the document frequency of each word of ``vocabulary``; at index 0, the number of texts."""
    documents = np.zeros(len(vocabulary), np.int64)
    for rows in vocabulary.encode_chunks(words):
        order = np.argsort(rows.ids, kind="stable")  # by word, and within it by text
        ids, texts = rows.ids[order], rows.row_ids()[order]
        repeated = (np.diff(ids) == 0) & (np.diff(texts) == 0)
        documents += np.bincount(ids, minlength=len(vocabulary))
        documents -= np.bincount(ids[1:][repeated], minlength=len(vocabulary))
        documents[0] += len(rows)
    return documents
