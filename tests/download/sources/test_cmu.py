"""The CMU corpus's archive: two of its files are kept."""

import io
import tarfile
from pathlib import Path

import pytest

from imdb_genres.download.sources.cmu import download
from imdb_genres.errors import UserError
from imdb_genres.params.sources import CmuSource
from tests.support.servers import http_server


def archive(path: Path, **members: str) -> None:
    with tarfile.open(path, "w:gz") as files:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content.encode())
            files.addfile(member, io.BytesIO(content.encode()))


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    (tmp_path / "raw").mkdir()
    (tmp_path / "shelf").mkdir()
    return tmp_path / "raw"


def bring(raw: Path, **members: str) -> None:
    shelf = raw.with_name("shelf")
    archive(shelf / "MovieSummaries.tar.gz", **members)
    with http_server(shelf) as (url, _):
        download(CmuSource(mirrors=[url], sha256=None), raw)


def test_two_files_of_the_archive_are_kept(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    members = {"plot_summaries.txt": "plots", "movie.metadata.tsv": "films", "README.txt": "Hello"}
    bring(raw, **{f"MovieSummaries/{name}": content for name, content in members.items()})
    assert sorted((path.name, path.read_text()) for path in raw.iterdir()) == [
        ("movie.metadata.tsv", "films"),
        ("plot_summaries.txt", "plots"),
    ]
    assert "pin it as cmu.sha256" in capsys.readouterr().err


def test_an_archive_cannot_write_outside_the_folder(raw: Path) -> None:
    bring(raw, **{"../../plot_summaries.txt": "plots", "/tmp/x/movie.metadata.tsv": "films"})
    assert sorted(path.name for path in raw.iterdir()) == [
        "movie.metadata.tsv",
        "plot_summaries.txt",
    ]
    assert not (raw.parent.parent / "plot_summaries.txt").exists()


def test_an_archive_without_the_files_is_a_user_error(raw: Path) -> None:
    with pytest.raises(UserError, match=r"MovieSummaries.tar.gz holds no movie.metadata.tsv"):
        bring(raw, **{"plot_summaries.txt": "plots"})


@pytest.mark.parametrize("content", [b"<html>moved</html>", b"\x1f\x8b\x08\x00broken", b""])
def test_a_file_that_is_no_archive_is_a_user_error(content: bytes, raw: Path) -> None:
    (raw.with_name("shelf") / "MovieSummaries.tar.gz").write_bytes(content)
    source = CmuSource(mirrors=[str(raw.with_name("shelf"))], sha256=None)
    with pytest.raises(UserError, match=r"MovieSummaries.tar.gz is not a readable archive"):
        download(source, raw)


def test_a_wrong_hash_and_a_missing_archive_are_user_errors(raw: Path) -> None:
    source = CmuSource(mirrors=[str(raw.with_name("shelf"))], sha256="0" * 64)
    with pytest.raises(UserError, match=r"holds no MovieSummaries.tar.gz(.|\n)*~ark/personas"):
        download(source, raw)
    archive(raw.with_name("shelf") / "MovieSummaries.tar.gz")
    with pytest.raises(UserError, match=r"cmu.sha256 in sources.yaml says 0000"):
        download(source, raw)
