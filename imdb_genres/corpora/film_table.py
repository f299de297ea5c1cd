"""The table of films, data/films.parquet: one row per description."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa

from imdb_genres.corpora.base import Film
from imdb_genres.io.parquet import table_writer

SCHEMA = pa.schema(
    {
        "film": pa.string(),
        "title": pa.string(),
        "year": pa.int16(),
        "text": pa.string(),
        "genres": pa.list_(pa.string()),
    }
)
BATCH_SIZE = 500  # films; few enough to stay in the processor's cache
BATCHES_PER_ROW_GROUP = 40


def write_films(path: Path, films: Iterable[Film]) -> int:
    """Stream ``films`` into a Parquet file of ``SCHEMA``; return the number of rows."""
    rows = 0
    batches = _record_batches(iter(films))
    with table_writer(path, SCHEMA) as writer:
        while group := list(islice(batches, BATCHES_PER_ROW_GROUP)):
            table = pa.Table.from_batches(group).combine_chunks()
            writer.write_table(table)
            rows += len(table)
    return rows


def _record_batches(films: Iterator[Film]) -> Iterator[pa.RecordBatch]:
    while batch := list(islice(films, BATCH_SIZE)):
        columns = zip(*batch, strict=True)
        arrays = [pa.array(*pair) for pair in zip(columns, SCHEMA.types, strict=True)]
        yield pa.record_batch(arrays, SCHEMA)
