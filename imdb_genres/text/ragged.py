"""Rows of different lengths in two flat arrays: a tenth of the memory of a list of lists."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

CHUNK_ROWS = 4096


@dataclass(frozen=True, eq=False)
class RaggedArray:
    """Row r is ``ids[offsets[r]:offsets[r + 1]]``; ``ids`` are integers, ``offsets`` int64."""

    ids: np.ndarray
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def row_ids(self) -> np.ndarray:
        """Return the row of each of ``ids``."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def take(self, rows: np.ndarray) -> "RaggedArray":
        """Return the given rows."""
        pieces = [self.ids[self.offsets[row] : self.offsets[row + 1]] for row in rows]
        ids = np.concatenate([self.ids[:0], *pieces])
        return RaggedArray(ids, lengths_to_offsets(np.array([len(piece) for piece in pieces], int)))

    def chunks(self) -> Iterator["RaggedArray"]:
        """Yield views of up to CHUNK_ROWS rows; an empty array yields one empty chunk."""
        for first in range(0, max(len(self), 1), CHUNK_ROWS):
            offsets = self.offsets[first : first + CHUNK_ROWS + 1]
            yield RaggedArray(self.ids[offsets[0] : offsets[-1]], offsets - offsets[0])


def lengths_to_offsets(lengths: np.ndarray) -> np.ndarray:
    """Return the offsets of rows of these ``lengths``, one more than there are rows."""
    return np.concatenate([[0], np.cumsum(lengths)])


def concatenate(parts: list[RaggedArray]) -> RaggedArray:
    """Return the rows of all ``parts``; there must be one or more."""
    lengths = np.concatenate([np.diff(part.offsets) for part in parts])
    return RaggedArray(np.concatenate([part.ids for part in parts]), lengths_to_offsets(lengths))
