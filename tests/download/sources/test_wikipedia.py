"""Wikipedia's leads: the files of the chosen decades."""

from pathlib import Path

import pytest

from imdb_genres.download.sources.wikipedia import download
from imdb_genres.params.sources import WikipediaSource
from tests.support.servers import http_server


def test_the_chosen_decades_are_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    for folder in ("shelf", "raw"):
        (tmp_path / folder).mkdir()
    for decade in ("1920s", "1930s", "1940s"):
        (tmp_path / "shelf" / f"movies-{decade}.json").write_text("[]")
    with http_server(tmp_path / "shelf") as (url, _):
        source = WikipediaSource(mirrors=[url], decades={"1930s": None, "1940s": None})
        download(source, tmp_path / "raw")
    names = sorted(path.name for path in (tmp_path / "raw").iterdir())
    assert names == ["movies-1930s.json", "movies-1940s.json"]
    assert "pin it as wikipedia.decades.1930s" in capsys.readouterr().err
