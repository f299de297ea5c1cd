"""Splits texts into the words of Keras's classic Tokenizer.

Lower case; punctuation, tab and line feed become spaces; only spaces separate words, so a carriage
return or a no-break space stays inside a word. Keras lower-cases whole texts, this module single
words; they differ in a sigma between a word and punctuation (``ΟΔΟΣ.Α``).
"""

import re
import string
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from imdb_genres.text.ragged import RaggedArray, lengths_to_offsets

SEPARATORS = b'!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
UPPER, LOWER = string.ascii_uppercase.encode(), string.ascii_lowercase.encode()
SIMPLIFY = bytes.maketrans(SEPARATORS + UPPER, b" " * len(SEPARATORS) + LOWER)
BETWEEN_WORDS = re.compile(f"([ {re.escape(SEPARATORS.decode())}]+)")
BATCH_CHARACTERS = 2**22


@dataclass(frozen=True, eq=False)
class TokenizedTexts:
    """Texts as ids of ``types``: "", then each distinct word in the order of first occurrence.

    The texts' ids are in ``chunks``, of which there is at least one.
    """

    types: list[str]
    chunks: list[RaggedArray]


def tokenize_texts(texts: Iterable[str]) -> TokenizedTexts:
    """Split every text into its words."""
    index_of: defaultdict[str, int] = defaultdict(lambda: len(index_of))
    index_of[""] = 0
    chunks = [_split(batch, index_of) for batch in batch_texts(texts, BATCH_CHARACTERS)]
    index_of.default_factory = None  # break the reference cycle
    return TokenizedTexts(list(index_of), chunks or [_split([], index_of)])


def split_pieces(text: str) -> list[tuple[str, str | None]]:
    """Return the pieces of a text, each with its word as ``tokenize_texts`` spells it, or None.

    The pieces are the words and what is between them; joined, they are the text.
    """
    pieces = BETWEEN_WORDS.split(text)  # separators are at the odd places
    return [
        (piece, None if index % 2 else piece.lower()) for index, piece in enumerate(pieces) if piece
    ]


def batch_texts(
    texts: Iterable[str], max_characters: int, max_texts: int | None = None
) -> Iterator[list[str]]:
    """Yield the texts in lists; each ends as soon as it reaches one of the limits."""
    batch: list[str] = []
    characters = 0
    for text in texts:
        batch.append(text)
        characters += len(text)
        if characters >= max_characters or len(batch) == max_texts:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _split(texts: list[str], index_of: dict[str, int]) -> RaggedArray:
    """Return the ids of each text's words; ``index_of`` assigns new ones.

    With a space before each text, every word is the slice from one space to the next. Words are
    lower-cased one by one, so that a Greek word ends in the same sigma in every text.
    """
    encoded = [b" " + text.encode("utf-8", "surrogatepass") for text in texts]
    text_starts = lengths_to_offsets(np.fromiter(map(len, encoded), np.int64, len(encoded)))
    simple = b"".join(encoded).translate(SIMPLIFY)
    starts = np.flatnonzero(np.frombuffer(simple, np.uint8) == ord(" "))
    ids, distinct = _number_slices(simple, starts)
    words = distinct.decode("utf-8", "surrogatepass").lower().split(" ")[1:]
    ids = np.fromiter(map(index_of.__getitem__, words), np.int32, len(words))[ids]
    is_word = ids != 0
    offsets = lengths_to_offsets(is_word)[np.searchsorted(starts, text_starts)]
    return RaggedArray(ids[is_word], offsets)


def _number_slices(data: bytes, starts: np.ndarray) -> tuple[np.ndarray, bytes]:
    """Dictionary-encode the slices of ``data`` that begin at ``starts``.

    Return the id of each slice, and the distinct slices in the order of their ids, concatenated.
    """
    offsets = np.append(starts, len(data)).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    slices = pa.Array.from_buffers(pa.binary(), len(starts), buffers).dictionary_encode()
    return np.from_dlpack(slices.indices), slices.dictionary.buffers()[2].to_pybytes()
