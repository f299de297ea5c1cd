"""The vocabulary: words and n-grams by index. Encodes texts in training and in serving."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.text.ragged import RaggedArray, concatenate, lengths_to_offsets
from imdb_genres.text.tokenizer import TokenizedTexts, tokenize_texts


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words by index, and ``documents``, int64: how many training texts contain each.

    ``words[0]`` is empty and ``documents[0]`` the number of training texts. The words of an n-gram
    are joined by a space; every n-gram within an n-gram is in the vocabulary too.
    """

    words: list[str]
    documents: np.ndarray

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, texts: Iterable[str]) -> RaggedArray:
        """Return the indices of the words of ``texts`` in reading order, n-grams after their first word.

        Unknown words are skipped; a text of only unknown words becomes an empty row. Indices are
        uint16, or int32 in a vocabulary of more than 65,536.
        """
        return self.encode_words(tokenize_texts(texts))

    def encode_words(self, words: TokenizedTexts) -> RaggedArray:
        """Return the indices of tokenized texts; see ``encode``."""
        return concatenate(list(self.encode_chunks(words)))

    def encode_chunks(self, words: TokenizedTexts) -> Iterator[RaggedArray]:
        """Yield the indices of each chunk of ``words``; see ``encode``."""
        for chunk, levels in zip(words.chunks, self.ngram_ids(words), strict=True):
            is_known = levels.ravel() > 0
            offsets = lengths_to_offsets(is_known)[chunk.offsets * levels.shape[1]]
            yield RaggedArray(levels.ravel()[is_known], offsets)

    def ngram_ids(self, words: TokenizedTexts) -> Iterator[np.ndarray]:
        """Yield (tokens, longest n-gram) for each chunk: the word, bigram, ... that begins there, or 0."""
        dtype = np.uint16 if len(self) <= 2**16 else np.int32
        lookup = np.array([self._index.get(word, 0) for word in words.types], dtype)
        for chunk in words.chunks:
            levels = [lookup[chunk.ids]]
            for keys, indices in self._ngrams:
                pairs = bigram_keys(levels[-1], chunk, len(self))
                position = np.searchsorted(keys, pairs).clip(max=len(keys) - 1)
                levels.append(np.where(keys[position] == pairs, indices[position], 0).astype(dtype))
            yield np.stack(levels, axis=1)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {word: index for index, word in enumerate(self.words)}

    @cached_property
    def _ngrams(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For bigrams, trigrams, ...: their sorted ``bigram_keys``, and their indices."""
        index = self._index
        tables: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for ngram in self.words:
            if length := ngram.count(" "):
                head, tail = ngram.rpartition(" ")[0], ngram.partition(" ")[2]
                tables[length].append((index[head] * len(self) + index[tail], index[ngram]))
        arrays = [np.array(sorted(tables[length])) for length in sorted(tables)]
        return [(table[:, 0], table[:, 1]) for table in arrays]

    def write(self, path: Path) -> None:
        """Write one line per word: the word, a tab, and its number of training texts."""
        pairs = zip(self.words, self.documents, strict=True)
        lines = [f"{word}\t{documents}\n" for word, documents in pairs]
        with atomic_replace(path) as temporary:
            temporary.write_text("".join(lines), encoding="utf-8", newline="")

    @classmethod
    def read(cls, path: Path) -> "Vocabulary":
        """Read what ``write`` wrote; raise UserError for a missing or corrupt file."""
        try:
            lines = path.read_bytes().decode("utf-8").removesuffix("\n").split("\n")
            words, documents = zip(*(line.split("\t") for line in lines), strict=True)
            if words[0]:
                raise ValueError
            return cls(list(words), np.array(documents, np.int64))
        except FileNotFoundError:
            raise UserError(f"{path} is missing: run `dvc repro`") from None
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}") from None
        except ValueError:
            raise UserError(
                f"{path} is corrupt: expected lines of a word, a tab and a number, the first word "
                "empty. Remove it and run `dvc repro`"
            ) from None


def bigram_keys(level: np.ndarray, chunk: RaggedArray, size: int) -> np.ndarray:
    """Return index * size + the right neighbour's index at each position; 0 where one is missing."""
    following = np.append(level[1:], 0).astype(np.int64)
    ends = chunk.offsets[1:]
    following[ends[ends > 0] - 1] = 0
    return np.where((level > 0) & (following > 0), level * np.int64(size) + following, 0)
