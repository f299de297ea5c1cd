"""A table comes back with all its rows and columns, plus predictions."""

import csv
import datetime
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imdb_genres.errors import UserError
from imdb_genres.inference import table_output
from imdb_genres.inference.predictions import DisplayOptions
from imdb_genres.inference.predictor import Predictor
from imdb_genres.inference.table_output import write_table
from imdb_genres.inference.tables import predict_table
from tests.support.model_folders import make_model

ROWS: list[dict[str, Any]] = [
    {"id": "007", "plot": 'A ghost, "the" sheriff\nfears; ghost', "year": "1999"},
    {"id": "7", "plot": "", "year": ""},
    {"id": "é", "plot": "a clumsy waiter", "year": "2001"},
]
ADDED = {"predicted_genre", "predicted_genres", "cannot_tell", "probability_Comedy"}


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    return Predictor.load(make_model(tmp_path_factory.mktemp("model") / "model"))


def write_source(path: Path) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(
                file, list(ROWS[0]), delimiter="," if "c" in path.suffix else "\t"
            )
            writer.writeheader()
            writer.writerows(ROWS)
    return path


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return rows
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in file]
        return list(csv.DictReader(file, delimiter="," if "c" in path.suffix else "\t"))


def predict(predictor: Predictor, source: Path, output: Path) -> list[dict[str, Any]]:
    rows = predict_table(predictor, source, "plot", DisplayOptions())
    write_table(rows, output, source)
    return read(output)


@pytest.mark.parametrize("source", [".csv", ".tsv", ".jsonl", ".parquet"])
@pytest.mark.parametrize("output", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_every_format_comes_back_in_every_format(
    source: str, output: str, predictor: Predictor, tmp_path: Path
) -> None:
    table = write_source(tmp_path / f"films{source}")
    found = predict(predictor, table, tmp_path / f"out{output}")
    assert [{key: row[key] for key in ROWS[0]} for row in found] == ROWS
    assert [row["predicted_genre"] or "" for row in found] == ["Horror", "", "Comedy"]
    assert "empty" in found[1]["cannot_tell"] and found[0].keys() >= ADDED
    assert float(found[2]["probability_Comedy"]) > 0.5


def test_parquet_keeps_the_types_of_its_columns(predictor: Predictor, tmp_path: Path) -> None:
    released = [datetime.date(1999, 1, 1), None]
    table = pa.table(
        {
            "plot": ["ghost", None],
            "released": pa.array(released, pa.date32()),
            "votes": pa.array([1, 2], pa.int16()),
            "tags": [["a"], None],
        }
    )
    source, output = tmp_path / "films.parquet", tmp_path / "out.parquet"
    pq.write_table(table, source)
    predict(predictor, source, output)
    found = pq.read_table(output)
    assert found.select(table.column_names).equals(table)
    assert found.schema.field("predicted_genres").type == pa.list_(pa.string())


def test_a_column_that_exists_already_is_not_overwritten(
    predictor: Predictor, tmp_path: Path
) -> None:
    source = write_source(tmp_path / "films.csv")
    again = tmp_path / "again.csv"
    predict(predictor, source, again)
    with pytest.raises(UserError, match=r"again\.csv has a column 'cannot_tell' already"):
        predict(predictor, again, tmp_path / "third.csv")
    assert not (tmp_path / "third.csv").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "id,text\n1,x\n", r"no column 'plot' \(--column\)"),
        ("a.csv", "plot,id,id\nx,1,2\n", "several columns named 'id'"),
        ("a.csv", "id,plot\n1,x,y\n", "line 2"),
        ("a.jsonl", '{"plot": "x"}\n[]\n', "line 2"),
        ("a.csv", "", "no rows"),
        ("a.csv", "id,plot\n", "no rows"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(
    name: str, content: str, message: str, predictor: Predictor, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(UserError, match=message):
        predict(predictor, tmp_path / name, tmp_path / "out.csv")


def test_the_column_is_found_by_a_usual_name(predictor: Predictor, tmp_path: Path) -> None:
    source = tmp_path / "films.csv.gz"
    source.write_bytes(gzip.compress(b"Title;Overview\nA;ghost\n"))
    [row] = predict_table(predictor, source, None, DisplayOptions())
    assert (row["Title"], row["predicted_genre"]) == ("A", "Horror")
    (tmp_path / "other.csv").write_text("id,words\n1,ghost\n")
    with pytest.raises(UserError, match="--column; it has: id, words"):
        list(predict_table(predictor, tmp_path / "other.csv", None, DisplayOptions()))


def test_objects_of_different_keys_need_json_lines(predictor: Predictor, tmp_path: Path) -> None:
    source = tmp_path / "films.jsonl"
    source.write_text('{"plot": "ghost"}\n{"plot": "waiter", "more": {"a": 1}}\n')
    with pytest.raises(UserError, match=r"more.*jsonl"):
        predict(predictor, source, tmp_path / "out.csv")
    assert predict(predictor, source, tmp_path / "out.jsonl")[1]["more"] == {"a": 1}


def test_parquet_has_the_keys_of_all_objects(
    predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, output = tmp_path / "films.jsonl", tmp_path / "out.parquet"
    source.write_text('{"plot": "ghost"}\n{"plot": "waiter", "more": 7}\n')
    assert [row["more"] for row in predict(predictor, source, output)] == [None, 7]
    monkeypatch.setattr(table_output, "ROWS_PER_GROUP", 1)
    with pytest.raises(UserError, match=r"more.*jsonl"):
        predict(predictor, source, output)


@pytest.mark.parametrize("output", ["out.csv", "out.jsonl", "out.parquet"])
def test_half_a_surrogate_pair_is_an_error_that_names_the_file(
    output: str, predictor: Predictor, tmp_path: Path
) -> None:
    source = tmp_path / "films.jsonl"
    source.write_text('{"plot": "a ghost \\ud83d"}\n')
    with pytest.raises(UserError, match=r"films\.jsonl contains half of a surrogate pair"):
        predict(predictor, source, tmp_path / output)


def test_the_outputs_name_must_say_its_format(predictor: Predictor, tmp_path: Path) -> None:
    source = write_source(tmp_path / "films.csv")
    with pytest.raises(UserError, match=r"out\.xls.*\.parquet"):
        predict(predictor, source, tmp_path / "out.xls")


def test_a_number_as_text_is_not_called_empty(predictor: Predictor, tmp_path: Path) -> None:
    source = tmp_path / "films.jsonl"
    source.write_text('{"plot": 3}\n{"plot": null}\n{"plot": "!!!"}\n{"plot": NaN}\n')
    rows = predict(predictor, source, tmp_path / "out.jsonl")
    assert ["empty" in row["cannot_tell"] for row in rows] == [False, True, False, True]
    assert "words" in rows[0]["cannot_tell"]
