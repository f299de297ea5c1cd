"""A user's own table is copied."""

from pathlib import Path

import pytest

from imdb_genres.download.sources.table import download
from imdb_genres.errors import UserError
from imdb_genres.params.data import TableDownload


def test_download_copies_the_table_and_reports_a_missing_one(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("text,genres\n")
    (tmp_path / "raw").mkdir()
    download(TableDownload(path=str(tmp_path / "mine.csv")), tmp_path / "raw")
    assert (tmp_path / "raw" / "mine.csv").read_text() == "text,genres\n"
    with pytest.raises(UserError, match=r"download.table.path: there is no file .*none.csv"):
        download(TableDownload(path=str(tmp_path / "none.csv")), tmp_path / "raw")
