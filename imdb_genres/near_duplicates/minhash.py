"""MinHash: numbers of a text, of which two texts share as many as they share phrases.

The part of the numbers that two texts have in common estimates the part of all their phrases that
both have (Jaccard). A corpus is hashed as flat arrays, in a tenth of the time that libraries need
text by text; the numbers are those of ``datasketch.MinHash``, scheme affine32.
"""

import zlib
from collections.abc import Iterable

import numpy as np

from imdb_genres.text.ragged import RaggedArray, lengths_to_offsets
from imdb_genres.text.tokenizer import tokenize_texts

NUMBERS = 64
SHINGLE_SIZE = 3  # words
# a hash h becomes FACTORS[k] * h + SHIFTS[k] modulo 2**32: for an odd factor a permutation
FACTORS, SHIFTS = np.random.RandomState(1).randint(0, 2**32, (2, NUMBERS), np.uint32)
FACTORS |= np.uint32(1)


def signatures(texts: Iterable[str]) -> np.ndarray:
    """Return the numbers of each text, uint32 (n, NUMBERS), the same on every machine."""
    words = tokenize_texts(texts)
    encoded = (word.encode("utf-8", "surrogatepass") for word in words.distinct)
    hashes = np.fromiter(map(zlib.crc32, encoded), np.uint32, len(words.distinct))
    return np.concatenate([minima(hash_shingles(part, hashes)) for part in words.parts])


def hash_shingles(rows: RaggedArray, hashes: np.ndarray) -> RaggedArray:
    """Return a uint32 for each run of PHRASE words of a row; a shorter row is one run."""
    lengths = np.diff(rows.offsets)
    ends = np.repeat(rows.offsets[1:], lengths)
    places = np.arange(len(rows.ids))
    mixed = np.zeros(len(rows.ids), np.uint64)
    for place in (places + step for step in range(SHINGLE_SIZE)):
        word = hashes[rows.ids.take(place, mode="clip")]
        mixed = (mixed + np.where(place < ends, word, 0)) * np.uint64(0x9E3779B97F4A7C15)
    whole = places + SHINGLE_SIZE <= ends
    whole[rows.offsets[:-1][lengths > 0]] = True
    return RaggedArray(
        (mixed[whole] >> 32).astype(np.uint32), lengths_to_offsets(whole)[rows.offsets]
    )


def minima(rows: RaggedArray) -> np.ndarray:
    """Return the smallest of a row's permuted hashes under each permutation, (rows, NUMBERS)."""
    smallest = np.full((NUMBERS, len(rows)), 2**32 - 1, np.uint32)
    filled = np.diff(rows.offsets) > 0
    hashes = _mix(rows.ids)
    for number in range(NUMBERS if filled.any() else 0):
        permuted = hashes * FACTORS[number] + SHIFTS[number]
        smallest[number, filled] = np.minimum.reduceat(permuted, rows.offsets[:-1][filled])
    return smallest.T


def _mix(hashes: np.ndarray) -> np.ndarray:
    """Spread hashes over all 32 bits: MurmurHash3's last step."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        hashes = (hashes ^ (hashes >> shift)) * np.uint32(factor)
    return hashes
