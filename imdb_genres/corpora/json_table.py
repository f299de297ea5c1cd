"""Tables in JSON: an object on each line, or one list of objects."""

import json
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from reprlib import repr as brief
from typing import TextIO

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.table_files import empty_table, open_text
from imdb_genres.corpora.table_values import TableRow
from imdb_genres.errors import UserError

SAMPLE_ROWS = 1000  # objects in which every column must occur
CHUNK_SIZE = 2**20  # characters of a list that are read at once
MAX_VALUE_SIZE = 50_000_000  # characters; a longer value is an unclosed one
LIST_START = re.compile(r"\s*\[\s*(\{|$)")
GAP = re.compile(r"[\s,]*")


class JsonTable:
    """A .jsonl file with an object on each line, or a JSON list of objects."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with open_text(path) as file:
            sample = list(islice(read_json(file, path.name), SAMPLE_ROWS))
        if not sample:
            raise empty_table(path)
        objects = [value for _, value in sample if isinstance(value, dict)]
        if not objects:
            location, value = sample[0]
            raise UserError(
                f"{path.name}, {location}: {_expected_object(value)} on each line, or one list of objects"
            )
        self.columns: list[str] = list(dict.fromkeys(chain.from_iterable(objects)))

    def rows(self, report: Report) -> Iterator[tuple[str, TableRow]]:
        """Yield the objects; a row lacks the keys that its object lacks."""
        with open_text(self.path) as file:
            for location, value in read_json(file, self.path.name):
                if isinstance(value, dict):
                    yield location, value
                else:
                    report.add_malformed(f"{self.path.name}, {location}: {_expected_object(value)}")


def _expected_object(value: object) -> str:
    shown = value if isinstance(value, ValueError) else brief(value)
    return f"{shown}, expected a JSON object"


def read_json(file: TextIO, name: str) -> Iterator[tuple[str, object]]:
    """Yield each value with its location; a ValueError in place of one with a repeated key."""
    start = file.read(CHUNK_SIZE)
    file.seek(0)
    yield from _read_list(file, name) if LIST_START.match(start) else _read_lines(file)


def _read_lines(file: TextIO) -> Iterator[tuple[str, object]]:
    for number, line in enumerate(file, start=1):
        if line.isspace():
            continue
        try:
            value = json.loads(line, object_pairs_hook=_unique_keys)
        except (ValueError, RecursionError):
            value = line.strip()
        yield f"line {number}", value


def _read_list(file: TextIO, name: str) -> Iterator[tuple[str, object]]:
    """Yield the values of a list; at most a chunk and a value are in memory."""
    decoder = json.JSONDecoder(object_pairs_hook=_unique_keys)
    text = file.read(CHUNK_SIZE)
    position = text.index("[") + 1
    number = 1
    while True:
        if gap := GAP.match(text, position):
            position = gap.end()
        if text.startswith("]", position):
            return
        try:
            value, position = decoder.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError) as error:
            more = file.read(max(CHUNK_SIZE, len(text) - position))
            if not more or len(text) - position > MAX_VALUE_SIZE:
                raise UserError(f"{name}, film {number} of the list: {error}") from None
            text, position = text[position:] + more, 0
        else:
            yield f"film {number}", value
            number += 1


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object] | ValueError:
    values = dict(pairs)
    if len(values) == len(pairs):
        return values
    keys = [key for key, _ in pairs]
    repeated = next(key for key in keys if keys.count(key) > 1)
    return ValueError(f"two values of the key {brief(repeated)}")
