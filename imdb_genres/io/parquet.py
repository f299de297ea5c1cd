"""Parquet tables between stages, read and written a row group at a time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from imdb_genres.io.atomic import atomic_replace


def read_row_groups(path: Path, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """Yield the table by row group; ``iter_batches`` would read far ahead."""
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number, columns)


def read_rows(path: Path, column: str, value: str) -> pa.Table:
    """Return the rows whose ``column`` is ``value``; reads one row group at a time."""
    return pa.concat_tables(
        part.filter(pc.equal(part[column], value)) for part in read_row_groups(path)
    )


def take_column(path: Path, name: str, rows: np.ndarray) -> list[Any]:
    """Return the column ``name`` of the rows with the numbers ``rows``, sorted."""
    values: list[Any] = []
    start = 0
    for part in read_row_groups(path, [name]):
        first, last = np.searchsorted(rows, [start, start + len(part)])
        values += part[name].take(pa.array(rows[first:last] - start)).to_pylist()
        start += len(part)
    return values


def read_columns(path: Path, *names: str) -> list[list[Any]]:
    """Return the columns ``names`` as lists."""
    with pq.ParquetFile(path) as file:
        return [column.to_pylist() for column in file.read(list(names)).select(names).columns]


@contextmanager
def table_writer(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """Open a table to write by row group; it replaces ``path`` when it is complete.

    Uncompressed: compression would take most of a stage's time, to save a third of the space.
    """
    with (
        atomic_replace(path) as temporary,
        pq.ParquetWriter(temporary, schema, compression="none") as writer,
    ):
        yield writer


def copy_rows(source: Path, target: Path, rows: np.ndarray, **columns: Iterable[Any]) -> None:
    """Write the rows of ``source`` with the numbers ``rows``, sorted and perhaps repeated, to ``target``.

    ``columns`` are added: strings or lists of strings, one value per written row.
    """
    added = {name: pa.array(values) for name, values in columns.items()}
    schema = pq.read_schema(source)
    for name, values in added.items():
        schema = schema.append(pa.field(name, values.type))
    with table_writer(target, schema) as writer:
        start = 0
        for part in read_row_groups(source):
            first, last = np.searchsorted(rows, [start, start + len(part)])
            chosen = part.take(pa.array(rows[first:last] - start))
            for name, values in added.items():
                chosen = chosen.append_column(name, values[first:last])
            writer.write_table(chosen)
            start += len(part)
