"""The CMU corpus: an archive of two tables, joined by the Wikipedia id."""

import io
import tarfile
from pathlib import Path

import pytest

from imdb_genres.corpora.base import Film, Report
from imdb_genres.corpora.cmu import download, parse
from imdb_genres.errors import UserError
from imdb_genres.params.data import CmuDownload
from tests.support.params import params_with
from tests.support.servers import http_server

PLOTS = "31\tA ferry sinks. Nobody swims.\n7\tŻuk wins.\n8\tNo metadata.\n"
METADATA = (
    '7\t/m/07\tŻuk\t1010-12-02\t\t\t{}\t{}\t{"/m/01": "Romantic comedy", "/m/02": "Short Film"}\n'
    '31\t/m/31\tTide\t1931-05\t14010832\t98.0\t{"/m/02h40lc": "English Language"}\t{}\t{"/m/03": "War film"}\n'
    "99\t/m/99\tUnseen\t\t\t\t{}\t{}\t{}\n"
)


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
        download(CmuDownload(mirrors=[url], sha256=None), raw)


def films(raw: Path, report: Report) -> list[Film]:
    return list(parse(raw, params_with().parse, report))


def test_plots_and_metadata_are_joined(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    members = {"plot_summaries.txt": PLOTS, "movie.metadata.tsv": METADATA, "README.txt": "Hello"}
    bring(raw, **{f"MovieSummaries/{name}": content for name, content in members.items()})
    assert sorted(path.name for path in raw.iterdir()) == [
        "movie.metadata.tsv",
        "plot_summaries.txt",
    ]
    assert "pin it as download.cmu.sha256" in capsys.readouterr().err
    report = Report()
    assert films(raw, report) == [
        Film("31", "Tide", 1931, "A ferry sinks. Nobody swims.", ("War",)),
        Film("7", "Żuk", None, "Żuk wins.", ("Romance", "Comedy")),
    ]
    assert report.dropped == {"no metadata": 1}
    assert report.ignored == {"Short Film": 1}


def test_an_archive_cannot_write_outside_the_folder(raw: Path) -> None:
    bring(raw, **{"../../plot_summaries.txt": PLOTS, "/tmp/x/movie.metadata.tsv": METADATA})
    assert sorted(path.name for path in raw.iterdir()) == [
        "movie.metadata.tsv",
        "plot_summaries.txt",
    ]
    assert not (raw.parent.parent / "plot_summaries.txt").exists()


def test_an_archive_without_the_files_is_told(raw: Path) -> None:
    with pytest.raises(UserError, match=r"MovieSummaries.tar.gz holds no movie.metadata.tsv"):
        bring(raw, **{"plot_summaries.txt": PLOTS})


@pytest.mark.parametrize("content", [b"<html>moved</html>", b"\x1f\x8b\x08\x00broken", b""])
def test_what_is_no_archive_is_told(content: bytes, raw: Path) -> None:
    (raw.with_name("shelf") / "MovieSummaries.tar.gz").write_bytes(content)
    options = CmuDownload(mirrors=[str(raw.with_name("shelf"))], sha256=None)
    with pytest.raises(UserError, match=r"MovieSummaries.tar.gz is not a readable archive"):
        download(options, raw)


def test_a_wrong_hash_and_a_missing_archive_are_told(raw: Path) -> None:
    options = CmuDownload(mirrors=[str(raw.with_name("shelf"))], sha256="0" * 64)
    with pytest.raises(UserError, match=r"holds no MovieSummaries.tar.gz(.|\n)*~ark/personas"):
        download(options, raw)
    archive(raw.with_name("shelf") / "MovieSummaries.tar.gz")
    with pytest.raises(UserError, match=r"download.cmu.sha256 in params.yaml says 0000"):
        download(options, raw)


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        ("plot_summaries.txt", "x\tText.\n", "plot_summaries.txt, line 4: .* expected 2 columns"),
        ("plot_summaries.txt", "55 Text.\n", "plot_summaries.txt, line 4: .* expected 2 columns"),
        ("movie.metadata.tsv", "8\tTide\n", "movie.metadata.tsv, line 4: .* expected 9 columns"),
        ("movie.metadata.tsv", "8\t\tA\t\t\t\t\t\t[]\n", "movie.metadata.tsv, film 8: genres"),
        ("movie.metadata.tsv", '8\t\tA\t\t\t\t\t\t{"a": 1}\n', "film 8: genres"),
        ("movie.metadata.tsv", '8\t\tA\t\t\t\t\t\t{"a": "\\ud800"}\n', "film 8: .* surrogates"),
        ("movie.metadata.tsv", "8\t\tA\t\t\t\t\t\t{War\n", "film 8: genres '{War', expected"),
    ],
)
def test_damaged_lines_are_told_and_skipped(name: str, line: str, sentence: str, raw: Path) -> None:
    contents = {"plot_summaries.txt": PLOTS, "movie.metadata.tsv": METADATA}
    contents[name] += line
    for file, content in contents.items():
        (raw / file).write_text(content)
    with pytest.raises(UserError, match=sentence):
        films(raw, Report())
    report = Report(max_malformed=1)
    assert len(films(raw, report)) == 2
    assert len(report.malformed) == 1
