"""Downloads come from the first mirror that has everything, resume, and are complete or absent."""

import errno
import gzip
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from imdb_genres.download import transports as transfer
from imdb_genres.download.downloader import RemoteFile, fetch
from imdb_genres.errors import UserError
from tests.support.ports import free_port
from tests.support.servers import Shop, ftp_server, http_server

UNPLUGGED = OSError("pulled the plug")
CONTENT = os.urandom(3_000_000)
FILES = [RemoteFile("plot.list.gz", None, "a"), RemoteFile("genres.list.gz", None, "b")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty target folder in a repository of its own."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with both files, behind the servers."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for file in FILES:
        (shelf / file.name).write_bytes(file.name.encode() + CONTENT)
    return shelf


@pytest.fixture(params=[http_server, ftp_server], ids=["http", "ftp"])
def server(request: pytest.FixtureRequest, shelf: Path) -> Iterator[tuple[str, Shop]]:
    with request.param(shelf) as served:
        yield served


def bring(folder: Path, *mirrors: str, files: list[RemoteFile] = FILES) -> list[bytes]:
    fetch(files, mirrors, folder, "Try later.")
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def both() -> list[bytes]:
    return [name + CONTENT for name in (b"genres.list.gz", b"plot.list.gz")]


def leftovers(folder: Path) -> list[str]:
    downloads = folder.parent / ".dvc" / "tmp" / "downloads"
    return sorted(path.name[17:] for path in downloads.iterdir() if path.name != "lock")


def test_a_server_delivers_all_files(server: tuple[str, Shop], folder: Path) -> None:
    assert bring(folder, server[0]) == both()
    assert leftovers(folder) == []


def test_a_broken_download_resumes_where_it_ended(server: tuple[str, Shop], folder: Path) -> None:
    url, shop = server
    shop.cut = 1_200_000
    assert bring(folder, url) == both()
    assert sum(not asked.endswith(" 0") for asked in shop.asked) >= 4


def test_the_next_run_resumes_what_the_last_one_left(
    server: tuple[str, Shop], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, shop = server
    assert "pulled the plug" in interrupt_download(monkeypatch, folder, url)
    assert list(folder.iterdir()) == []
    assert leftovers(folder) == ["plot.list.gz", "plot.list.gz.version"]
    assert bring(folder, url) == both()
    assert any(not asked.endswith(" 0") for asked in shop.asked)
    assert leftovers(folder) == []


def interrupt_download(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *urls: str, error: OSError = UNPLUGGED
) -> str:
    """Break a download after a megabyte; return the message."""
    real = transfer.transfer

    def broken(url: str, offset: int, file: object) -> None:
        if offset:
            raise error
        real(url, offset, file)  # type: ignore[arg-type]
        file.truncate(1_000_000)  # type: ignore[attr-defined]
        raise error

    with monkeypatch.context() as context, pytest.raises(UserError) as raised:
        context.setattr("imdb_genres.download.downloader.transfer", broken)
        bring(folder, *urls)
    return str(raised.value)


def test_a_full_disk_is_no_mirrors_fault_and_the_next_run_resumes(
    server: tuple[str, Shop], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, shop = server
    full = OSError(errno.ENOSPC, "No space left on device")
    message = interrupt_download(monkeypatch, folder, url, url, error=full)
    assert message.startswith("no space left on the disk")
    assert "mirror" not in message
    assert bring(folder, url) == both()
    assert any(not asked.endswith(" 0") for asked in shop.asked)


@pytest.mark.parametrize("change", ["content", "no stamp"])
def test_another_version_starts_from_the_beginning(
    server: tuple[str, Shop],
    folder: Path,
    shelf: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    url, shop = server
    interrupt_download(monkeypatch, folder, url)
    shop.asked.clear()
    if change == "content":
        (shelf / "plot.list.gz").write_bytes(b"PLOT.list.gz" + CONTENT)
        os.utime(shelf / "plot.list.gz", (0, 1_500_000_000))
    else:
        shop.stamps = False
    assert bring(folder, url)[1][:4] == (b"PLOT" if change == "content" else b"plot")
    assert all(asked.endswith(" 0") for asked in shop.asked)


def test_a_server_that_cannot_resume_sends_all_again(
    server: tuple[str, Shop], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, shop = server
    interrupt_download(monkeypatch, folder, url)
    shop.ranges = False
    assert bring(folder, url) == both()


def test_bytes_are_stored_as_the_server_sends_them(folder: Path, shelf: Path) -> None:
    packed = gzip.compress(b"a list")
    (shelf / "plot.list.gz").write_bytes(packed)
    with http_server(shelf) as (url, shop):
        shop.encoding, shop.head = "gzip", False
        assert bring(folder, url, files=FILES[:1]) == [packed]


def test_the_first_mirror_with_all_files_is_used(folder: Path, shelf: Path, tmp_path: Path) -> None:
    half = tmp_path / "half"
    half.mkdir()
    (half / "plot.list.gz").write_bytes(b"an older plot.list")
    with http_server(half) as (incomplete, _), ftp_server(shelf) as (complete, _):
        assert bring(folder, closed_port(), incomplete, "nowhere", complete) == both()
    assert leftovers(folder) == []


def closed_port() -> str:
    return f"http://127.0.0.1:{free_port()}/lists"


def test_if_all_fail_each_mirror_has_its_reason_and_advice_follows(
    folder: Path, shelf: Path, tmp_path: Path
) -> None:
    (shelf / "genres.list.gz").unlink()
    refused, unknown = closed_port(), "http://no-such-host.invalid/lists"
    with (
        http_server(shelf) as (http, _),
        ftp_server(shelf) as (ftp, _),
        pytest.raises(UserError) as caught,
    ):
        bring(folder, refused, unknown, http, ftp, "shelf", "ftp://127.0.0.1:1/%0A", "http://")
    first, *reasons, advice = str(caught.value).split("\n")
    assert first == "no mirror delivered plot.list.gz and genres.list.gz:"
    expected = ["refused", "o", "404", "550", "holds no genres.list.gz or genres.list", "", ""]
    for reason, part in zip(reasons, expected, strict=True):
        assert part in reason
    assert "ConnectionPool" not in reasons[0]  # the root cause alone
    assert advice == "Try later."
    assert list(folder.iterdir()) == []


def test_a_pinned_hash_is_checked_and_another_mirror_may_have_the_right_file(
    folder: Path, shelf: Path, tmp_path: Path
) -> None:
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "plot.list").write_bytes(b"another list")
    digest = hashlib.sha256((shelf / "plot.list.gz").read_bytes()).hexdigest()
    pinned = [RemoteFile("plot.list.gz", digest, "imdb.plot_sha256")]
    with pytest.raises(UserError, match=r"plot.list has sha256 .*imdb.plot_sha256"):
        bring(folder, "wrong", files=pinned)
    with http_server(shelf) as (url, _):
        (shelf / "plot.list.gz").rename(shelf / "right")
        (shelf / "plot.list.gz").write_bytes(CONTENT)
        with pytest.raises(UserError, match="has sha256"):
            bring(folder, url, files=pinned)
        (shelf / "right").rename(shelf / "plot.list.gz")
        assert bring(folder, "wrong", url, files=pinned) == [both()[1]]


def test_an_unpinned_hash_is_printed(
    folder: Path, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(folder, "shelf", files=FILES[:1])
    assert hashlib.sha256(both()[1]).hexdigest() in capsys.readouterr().err


def test_a_folder_may_hold_the_unpacked_file(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "plot.list").write_bytes(b"a list")
    fetch(FILES[:1], [str(tmp_path)], folder, "")
    assert (folder / "plot.list").read_bytes() == b"a list"
