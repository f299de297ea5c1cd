"""Tables of films from stage to stage, some thousands of rows in memory at a time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from imdb_genres.io.atomic import atomic_replace


def parts(path: Path, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """Yield the table in the parts that it was written in; ``iter_batches`` would read far ahead."""
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number, columns)


def columns(path: Path, *names: str) -> list[list[Any]]:
    """Return whole columns of the table as lists."""
    with pq.ParquetFile(path) as file:
        return [column.to_pylist() for column in file.read(list(names)).select(names).columns]


@contextmanager
def table_writer(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """Open a table to be written part by part; it gets its name when it is whole.

    Nothing is packed: that would take most of the time of a stage, to save a third of the space.
    """
    with (
        atomic_replace(path) as temporary,
        pq.ParquetWriter(temporary, schema, compression="none") as writer,
    ):
        yield writer


def copy_rows(source: Path, target: Path, rows: np.ndarray, **columns: Iterable[Any]) -> None:
    """Write the ``rows`` of ``source``, sorted numbers, repeated ones too, to ``target``.

    ``columns`` are new ones, of strings or of lists of strings, with a value for each row written.
    """
    added = {name: pa.array(values) for name, values in columns.items()}
    schema = pq.read_schema(source)
    for name, values in added.items():
        schema = schema.append(pa.field(name, values.type))
    with table_writer(target, schema) as writer:
        start = 0
        for part in parts(source):
            first, last = np.searchsorted(rows, [start, start + len(part)])
            chosen = part.take(pa.array(rows[first:last] - start))
            for name, values in added.items():
                chosen = chosen.append_column(name, values[first:last])
            writer.write_table(chosen)
            start += len(part)
