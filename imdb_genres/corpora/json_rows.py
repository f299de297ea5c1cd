"""Values of a JSON file, one at a time: a value on each line, or one list of objects."""

import json
import re
from collections.abc import Iterator
from itertools import count
from reprlib import repr as brief
from typing import Any, TextIO

from imdb_genres.errors import UserError

CHUNK_SIZE = 2**20  # characters of a list that are read at once
MAX_VALUE_SIZE = 50_000_000  # characters; a longer value is an unclosed one
LIST_START = re.compile(r"\s*\[\s*(\{|$)")
GAP = re.compile(r"[\s,]*")


def read_json(file: TextIO, name: str) -> Iterator[tuple[str, Any]]:
    """Yield each value with its location; a ValueError stands for one that cannot be read."""
    start = file.read(CHUNK_SIZE)
    file.seek(0)
    yield from _read_list(file, name) if LIST_START.match(start) else _read_lines(file)


def _read_lines(file: TextIO) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(file, start=1):
        if not line.isspace():
            try:
                value = json.loads(line, object_pairs_hook=_unique_keys)
            except (ValueError, RecursionError):
                value = line.strip()
            yield f"line {number}", value


def _read_list(file: TextIO, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the values of a list, of which a chunk and a value at most are in memory."""
    decoder = json.JSONDecoder(object_pairs_hook=_unique_keys)
    text = file.read(CHUNK_SIZE)
    position = text.index("[") + 1
    for number in count(1):
        while True:
            if gap := GAP.match(text, position):
                position = gap.end()
            if text.startswith("]", position):
                return
            try:
                value, position = decoder.raw_decode(text, position)
                break
            except (json.JSONDecodeError, RecursionError) as error:
                more = file.read(max(CHUNK_SIZE, len(text) - position))
                if not more or len(text) - position > MAX_VALUE_SIZE:
                    raise UserError(f"{name}, film {number} of the list: {error}") from None
                text, position = text[position:] + more, 0
        yield f"film {number}", value


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any] | ValueError:
    values = dict(pairs)
    if len(values) == len(pairs):
        return values
    keys = [key for key, _ in pairs]
    repeated = next(key for key in keys if keys.count(key) > 1)
    return ValueError(f"two values of the key {brief(repeated)}")
