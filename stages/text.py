"""Raw text -> word indexes: the one path, for training and for serving.

Words are those of Keras's classic Tokenizer: lower case, punctuation, tab and line feed become
spaces, and only spaces separate (a carriage return or a no-break space stays inside its word).
The most frequent get the lowest indexes; index 0 is nobody's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stages.errors import StageError
from stages.files import replacing

SEPARATORS = b'!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
TO_SPACES = bytes.maketrans(SEPARATORS, b" " * len(SEPARATORS))
TEXTS_AT_ONCE = 4096


@dataclass(frozen=True)
class Rows:
    """Rows of different lengths: row r is ``ids[offsets[r]:offsets[r + 1]]``; offsets are int64."""

    ids: np.ndarray
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def take(self, rows: np.ndarray) -> "Rows":
        """Return the rows at the positions ``rows`` (integers, in any order), copied."""
        lengths = np.diff(self.offsets)[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        places = np.arange(offsets[-1]) + np.repeat(self.offsets[rows] - offsets[:-1], lengths)
        return Rows(self.ids[places], offsets)

    def row_numbers(self) -> np.ndarray:
        """Return the row of each of ``ids``."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))


@dataclass(frozen=True)
class Words:
    """Texts as rows of places in ``distinct``, their different words in no set order."""

    distinct: list[str]
    rows: Rows


def split_words(texts: Iterable[str]) -> Words:
    """Split every text into its words."""
    index: dict[bytes, int] = {}
    ids, lengths = [], []
    for chunk in _chunks(texts):
        words, row_lengths = _split(chunk)
        encoded = words.dictionary_encode()
        places = [index.setdefault(word, len(index)) for word in encoded.dictionary.to_pylist()]
        ids.append(np.array(places, np.int32)[encoded.indices.to_numpy()])
        lengths.append(row_lengths)
    rows = Rows(
        np.concatenate([np.empty(0, np.int32), *ids]),
        np.concatenate([[0], np.cumsum(np.concatenate([np.empty(0, np.int64), *lengths]))]),
    )
    return Words([word.decode("utf-8", "surrogatepass") for word in index], rows)


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    texts = iter(texts)
    while chunk := list(islice(texts, TEXTS_AT_ONCE)):
        yield chunk


def _split(texts: list[str]) -> tuple[pa.Array, np.ndarray]:
    """Return all words of ``texts`` in one array, and each text's number of words."""
    spaced = [text.lower().encode("utf-8", "surrogatepass").translate(TO_SPACES) for text in texts]
    pieces = pc.split_pattern(pa.array(spaced, pa.large_binary()), " ")
    words = pieces.flatten()
    is_word = pc.not_equal(words, b"")
    ends = np.cumsum(is_word.to_numpy(zero_copy_only=False))
    offsets = np.concatenate([[0], ends])[pieces.offsets.to_numpy()]
    return words.filter(is_word), np.diff(offsets)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The words that count, by index, and how many training texts hold each.

    ``words[0]`` is empty and ``documents[0]`` the number of training texts. Words of an n-gram are
    joined by one space; the n-grams inside an n-gram are in the vocabulary too.
    """

    words: list[str]
    documents: np.ndarray

    @cached_property
    def _index(self) -> dict[str, int]:
        return {word: index for index, word in enumerate(self.words) if index}

    @cached_property
    def _pairs(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For bigrams, trigrams ...: sorted keys (head * size + tail) and the indexes they name."""
        return _pair_tables(self.words, self._index)

    def encode(self, texts: Iterable[str]) -> Rows:
        """Return the indexes of the words of ``texts``: in text order, then bigrams, then trigrams.

        Words outside the vocabulary are left out; a text of none but those gives an empty row.
        """
        return self.encode_words(split_words(texts))

    def encode_words(self, words: Words) -> Rows:
        """Return the indexes of texts already split; see ``encode``."""
        levels = list(_levels(words, self._index, self._pairs))
        row_numbers = words.rows.row_numbers()
        kept = [level != 0 for level in levels]
        ids = np.concatenate([level[keep] for level, keep in zip(levels, kept, strict=True)])
        if len(levels) > 1:
            row_of = np.concatenate([row_numbers[keep] for keep in kept])
            ids = ids[np.argsort(row_of, kind="stable")]
        lengths = sum(np.bincount(row_numbers[keep], minlength=len(words.rows)) for keep in kept)
        dtype = np.uint16 if len(self.words) <= 2**16 else np.int32
        return Rows(ids.astype(dtype), np.concatenate([[0], np.cumsum(lengths)]))

    def write(self, path: Path) -> None:
        """Write one line an index: the word, a tab, and its number of training texts."""
        lines = [
            f"{word}\t{documents}\n"
            for word, documents in zip(self.words, self.documents, strict=True)
        ]
        with replacing(path) as temporary:
            temporary.write_text("".join(lines), encoding="utf-8", newline="")

    @classmethod
    def read(cls, path: Path) -> "Vocabulary":
        """Read what ``write`` wrote; raise StageError for a missing or damaged file."""
        try:
            lines = path.read_bytes().decode("utf-8").removesuffix("\n").split("\n")
            words, documents = zip(*(line.split("\t") for line in lines), strict=True)
            vocabulary = cls(list(words), np.array(documents, np.int64))
        except FileNotFoundError:
            raise StageError(f"{path} is missing: run `dvc repro tokenize`") from None
        except ValueError:
            raise StageError(
                f"{path} is damaged: every line must hold a word, a tab and a number. "
                "Remove it and run `dvc repro tokenize`"
            ) from None
        return vocabulary


def fit_vocabulary(words: Words, max_words: int, ngrams: int = 1) -> Vocabulary:
    """Return the ``max_words - 1`` most frequent words and n-grams, most frequent first.

    Of equally frequent ones shorter n-grams come first, then those that appear earlier. Raises
    StageError if the texts hold no word.
    """
    counted = _most_frequent(words.rows.ids, max_words - 1)
    ranked = [(words.distinct[place], count) for place, count in counted]
    if not ranked:
        raise StageError(f"none of the {len(words.rows)} training texts holds a word")
    for _ in range(1, ngrams):
        ranked = _with_longer(words, ranked, max_words - 1)
    vocabulary = Vocabulary(["", *(word for word, _ in ranked)], np.empty(0))
    rows = vocabulary.encode_words(words)
    size = len(vocabulary.words)
    documents = np.bincount(np.unique(rows.row_numbers() * size + rows.ids) % size, minlength=size)
    documents[0] = len(rows)
    return Vocabulary(vocabulary.words, documents)


def _with_longer(words: Words, ranked: list[tuple[str, int]], limit: int) -> list[tuple[str, int]]:
    """Rank the n-grams that are one word longer than the longest of ``ranked`` among them.

    An n-gram is never more frequent than the two that it is made of, so those that are kept are
    found among neighbours that are kept.
    """
    names = ["", *(word for word, _ in ranked)]
    index = {word: place for place, word in enumerate(names) if place}
    *_, longest = _levels(words, index, _pair_tables(names, index))
    keys = _pair_keys(longest, words.rows, len(names))
    longer = [
        (f"{names[head]} {names[tail].rpartition(' ')[2]}", count)
        for key, count in _most_frequent(keys[keys > 0], limit)
        for head, tail in [divmod(key, len(names))]
    ]
    return sorted(ranked + longer, key=lambda item: -item[1])[:limit]


def _most_frequent(ids: np.ndarray, limit: int) -> list[tuple[int, int]]:
    """Return the most frequent ``ids`` with their counts, ties in order of first appearance."""
    distinct, first, counts = np.unique(ids, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))[:limit]
    return list(zip(distinct[order].tolist(), counts[order].tolist(), strict=True))


def _pair_tables(words: list[str], index: dict[str, int]) -> list[tuple[np.ndarray, np.ndarray]]:
    tables: dict[int, dict[int, int]] = {}
    for word, place in index.items():
        if length := word.count(" "):
            head, tail = index[word.rpartition(" ")[0]], index[word.partition(" ")[2]]
            tables.setdefault(length, {})[head * len(words) + tail] = place
    return [
        (np.array(sorted(table)), np.array([table[key] for key in sorted(table)]))
        for _, table in sorted(tables.items())
    ]


def _levels(
    words: Words, index: dict[str, int], pairs: list[tuple[np.ndarray, np.ndarray]]
) -> Iterator[np.ndarray]:
    """Yield, for words, bigrams ..., the index of what starts at each place, or 0."""
    lookup = np.array([index.get(word, 0) for word in words.distinct], np.int64)
    level = lookup[words.rows.ids]
    yield level
    for keys, places in pairs:
        wanted = _pair_keys(level, words.rows, len(index) + 1)
        found = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
        level = np.where(keys[found] == wanted, places[found], 0)
        yield level


def _pair_keys(level: np.ndarray, rows: Rows, size: int) -> np.ndarray:
    """Return head * size + tail for each place and its right neighbour, 0 where one is missing."""
    following = np.append(level[1:], 0)
    ends = rows.offsets[1:]
    following[ends[ends > 0] - 1] = 0
    return np.where((level > 0) & (following > 0), level * size + following, 0)
