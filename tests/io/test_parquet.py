"""Rows are copied from file to file by row group, with the result of copying the whole table."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imdb_genres.io.parquet import copy_rows, read_row_groups, table_writer

FILMS = pd.DataFrame({"film": [f"film {n}" for n in range(10)], "year": range(1990, 2000)})


@pytest.fixture
def films(tmp_path: Path) -> Path:
    path = tmp_path / "films.parquet"
    pq.write_table(pa.Table.from_pandas(FILMS, preserve_index=False), path, row_group_size=4)
    return path


@pytest.mark.parametrize("rows", [[], [0, 9], [1, 1, 1, 3, 4, 8], list(range(10))], ids=str)
def test_chosen_rows_are_copied_with_new_columns(films: Path, rows: list[int]) -> None:
    genres = [[f"genre {row}"] for row in rows]
    target = films.with_name("copy.parquet")
    copy_rows(films, target, np.array(rows, int), genres=pa.array(genres, pa.list_(pa.string())))
    copied = pd.read_parquet(target)
    assert copied[["film", "year"]].equals(FILMS.iloc[rows].reset_index(drop=True))
    assert [list(names) for names in copied["genres"]] == genres


def test_one_chunk_at_a_time_is_in_memory(films: Path) -> None:
    assert [len(part) for part in read_row_groups(films, ["film"])] == [4, 4, 2]
    copy_rows(films, films.with_name("copy.parquet"), np.arange(10))
    assert [len(part) for part in read_row_groups(films.with_name("copy.parquet"))] == [4, 4, 2]


def test_a_table_is_written_uncompressed_and_renamed_when_complete(tmp_path: Path) -> None:
    path, table = tmp_path / "films.parquet", pa.table({"text": ["A ferry sinks. " * 99]})
    with table_writer(path, table.schema) as writer:
        writer.write_table(table)
        assert not path.exists()
    assert pq.read_metadata(path).row_group(0).column(0).compression == "UNCOMPRESSED"
