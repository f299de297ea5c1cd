"""Moves bytes from HTTP and FTP servers, from any offset that the server allows."""

import ftplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import unquote, urlsplit

import requests
from pooch import HTTPDownloader

TIMEOUT = 20  # seconds without an answer
BLOCK = 1 << 18
# requests' own errors are OSErrors; a ValueError is a bad URL
ERRORS: tuple[type[Exception], ...] = (*ftplib.all_errors, ValueError)
HEADERS = {"Accept-Encoding": "identity"}


class Version(NamedTuple):
    """What a server says of a file: its size in bytes, and a stamp that changes with its content."""

    size: int | None
    stamp: str


def describe(url: str) -> Version:
    """Ask the server for the version of the file at ``url``; raise one of ERRORS if it is missing."""
    return _describe_ftp(url) if url.startswith("ftp:") else _describe_http(url)


def transfer(url: str, offset: int, file: BinaryIO) -> None:
    """Write the bytes of ``url`` from ``offset`` on to ``file``, which stands there.

    Where the server cannot begin at ``offset``, ``file`` is emptied and filled from the beginning.
    Raise one of ERRORS if the connection fails; what has arrived by then is in ``file``.
    """
    (_transfer_ftp if url.startswith("ftp:") else _transfer_http)(url, offset, file)


def _describe_http(url: str) -> Version:
    with requests.head(url, headers=HEADERS, timeout=TIMEOUT, allow_redirects=True) as response:
        if response.status_code in (requests.codes.not_allowed, requests.codes.not_implemented):
            return Version(None, "")
        response.raise_for_status()
        size = response.headers.get("Content-Length")
        stamps = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
        return Version(None if size is None else int(size), " ".join(stamps).strip())


def _transfer_http(url: str, offset: int, file: BinaryIO) -> None:
    def begin(response: requests.Response, **_: Any) -> None:
        # some servers call a .gz file an encoded text, which requests would unpack
        response.raw.headers.pop("Content-Encoding", None)
        asked = response.headers.get("Content-Range", "").startswith(f"bytes {offset}-")
        if offset and response.ok and not response.is_redirect and not asked:
            _empty(file)

    headers = HEADERS | ({"Range": f"bytes={offset}-"} if offset else {})
    http = HTTPDownloader(
        chunk_size=BLOCK, headers=headers, timeout=TIMEOUT, hooks={"response": begin}
    )
    http(url, file, None)


@contextmanager
def _connection(url: str) -> Iterator[ftplib.FTP]:
    parts = urlsplit(url)
    with ftplib.FTP(timeout=TIMEOUT) as ftp:
        ftp.connect(parts.hostname or "", parts.port or ftplib.FTP_PORT)
        ftp.login(unquote(parts.username or ""), unquote(parts.password or ""))
        ftp.voidcmd("TYPE I")
        yield ftp


def _describe_ftp(url: str) -> Version:
    path = unquote(urlsplit(url).path)
    with _connection(url) as ftp:
        size = _ask(ftp, f"SIZE {path}")
        return Version(int(size) if size else None, _ask(ftp, f"MDTM {path}"))


def _ask(ftp: ftplib.FTP, command: str) -> str:
    """Return the answer to an optional command; empty where the server does not know it."""
    try:
        return ftp.sendcmd(command).removeprefix("213").strip()
    except ftplib.error_perm:
        return ""


def _transfer_ftp(url: str, offset: int, file: BinaryIO) -> None:
    # by ftplib, because pooch's FTPDownloader neither resumes nor takes a port from the URL
    with _connection(url) as ftp:
        if offset and not _ask(ftp, f"REST {offset}"):
            offset = _empty(file)
        ftp.retrbinary(
            f"RETR {unquote(urlsplit(url).path)}", file.write, BLOCK, rest=offset or None
        )


def _empty(file: BinaryIO) -> int:
    file.seek(0)
    return file.truncate()
