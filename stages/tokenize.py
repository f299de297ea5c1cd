"""Turns descriptions into word indexes; the vocabulary comes from training rows alone."""

if __name__ == "tokenize":  # `python stages/label.py`: this file shadows the standard library's
    raise SystemExit("run stages from the repository's root as modules: python -m stages.label")

from collections.abc import Iterator
from operator import itemgetter

import numpy as np
import pyarrow as pa

from imdb_genres.errors import UserError
from imdb_genres.io.npz import write_arrays
from imdb_genres.io.parquet import columns, parts
from imdb_genres.params.schema import Params
from imdb_genres.paths import DATA
from imdb_genres.stage import run_stage
from imdb_genres.text.ragged import concatenate
from imdb_genres.text.tokenizer import Words, tokenize_texts
from imdb_genres.text.vocabulary import Vocabulary, bigram_keys

FILMS = DATA / "balanced.parquet"
FOLDS = ["train", "validation"]


def main(params: Params) -> None:
    """Write data/vocabulary.txt, and data/tokens.npz: the training rows, then the validation rows."""
    words = tokenize_texts(texts_of(FOLDS[0]))
    vocabulary = fit_vocabulary(words, params.tokenize.max_words, params.tokenize.ngrams)
    rows = concatenate([vocabulary.encode_words(words), vocabulary.encode(texts_of(FOLDS[1]))])
    vocabulary.write(DATA / "vocabulary.txt")
    write_arrays(DATA / "tokens.npz", ids=rows.ids, offsets=rows.offsets, **targets())
    print(f"tokenize: {len(rows)} descriptions, {len(rows.ids)} indexes below {len(vocabulary)}")


def texts_of(wanted: str) -> Iterator[str]:
    """Yield the descriptions of one fold, some thousands in memory at a time."""
    for part in parts(FILMS, ["text", "fold"]):
        columns = part.to_pydict()
        yield from (text for text, fold in zip(*columns.values(), strict=True) if fold == wanted)


def targets() -> dict[str, np.ndarray]:
    """Return ``genres`` (sorted names), ``label`` (int16 indexes of them), ``labels`` (bool, rows
    x genres) and ``validation`` (bool), training rows first.
    """
    films = zip(*columns(FILMS, "fold", "label", "labels"), strict=True)
    folds, label, labels = zip(*sorted(films, key=itemgetter(0)), strict=True)  # a stable sort
    genres = sorted(set().union(*labels))
    return {
        "genres": np.array(genres),
        "label": np.array([genres.index(genre) for genre in label], np.int16),
        "labels": np.array([[genre in kept for genre in genres] for kept in labels]),
        "validation": np.array([fold == FOLDS[1] for fold in folds]),
    }


def fit_vocabulary(words: Words, max_words: int, ngrams: int = 1) -> Vocabulary:
    """Return the ``max_words - 1`` most frequent words and n-grams, most frequent first.

    Of equally frequent ones shorter n-grams come first, then those that appear earlier. Raises
    UserError if the texts hold no word.
    """
    if len(words.distinct) == 1:
        raise UserError("no training text holds a word: look at the texts in data/films.parquet")
    limit = max_words - 1
    counts = np.zeros(len(words.distinct), np.int64)
    for part in words.parts:
        counts += np.bincount(part.ids, minlength=len(counts))
    ranked = [(words.distinct[place], counts[place]) for place in top(counts, limit)]
    for _ in range(1, ngrams):
        ranked += longer_ngrams(words, _vocabulary(ranked), limit)
        ranked = sorted(ranked, key=lambda item: -item[1])[:limit]
    vocabulary = _vocabulary(ranked)
    return Vocabulary(vocabulary.words, count_documents(words, vocabulary))


def _vocabulary(ranked: list[tuple[str, int]]) -> Vocabulary:
    return Vocabulary(["", *(word for word, _ in ranked)], np.empty(0))


def top(counts: np.ndarray, limit: int) -> np.ndarray:
    """Return the places of the largest ``counts`` above zero, equal ones in their order."""
    return np.argsort(-counts, kind="stable")[: min(limit, np.count_nonzero(counts))]


def longer_ngrams(words: Words, known: Vocabulary, limit: int) -> list[tuple[str, int]]:
    """Return the most frequent n-grams one word longer than those of ``known``, with their counts.

    An n-gram is never more frequent than the two that it is made of, so all that can be kept in
    the end are neighbours of two that are kept so far.
    """
    levels = zip(words.parts, known.levels(words), strict=True)
    pairs = (bigram_keys(level[:, -1], part, len(known)) for part, level in levels)
    found = pa.chunked_array(pa.array(some[some > 0]) for some in pairs).value_counts()
    numbers, counts = map(np.from_dlpack, found.flatten())
    best = top(counts, limit)
    heads, tails = np.divmod(numbers[best], len(known))
    return [
        (f"{known.words[head]} {known.words[tail].rpartition(' ')[2]}", count)
        for head, tail, count in zip(heads, tails, counts[best], strict=True)
    ]


def count_documents(words: Words, vocabulary: Vocabulary) -> np.ndarray:
    """Return how many texts hold each word of ``vocabulary``; at index 0, how many there are."""
    documents = np.zeros(len(vocabulary), np.int64)
    for rows in vocabulary.encode_parts(words):
        order = np.argsort(rows.ids, kind="stable")  # by word, and within it by text
        ids, texts = rows.ids[order], rows.numbers()[order]
        again = (np.diff(ids) == 0) & (np.diff(texts) == 0)
        documents += np.bincount(ids, minlength=len(vocabulary))
        documents -= np.bincount(ids[1:][again], minlength=len(vocabulary))
        documents[0] += len(rows)
    return documents


if __name__ == "__main__":
    run_stage(main, "tokenize")
