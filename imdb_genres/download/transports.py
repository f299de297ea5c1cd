"""Transfers files from HTTP and FTP servers, resuming at an offset where they support it."""

import ftplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import unquote, urlsplit

import requests
from pooch import HTTPDownloader

TIMEOUT = 20  # seconds without an answer
CHUNK_SIZE = 1 << 18  # bytes
# requests' own errors are OSErrors; a ValueError is a bad URL
ERRORS: tuple[type[Exception], ...] = (*ftplib.all_errors, ValueError)
HEADERS = {"Accept-Encoding": "identity"}


class RemoteVersion(NamedTuple):
    """Size in bytes and ETag or Last-Modified of a remote file; None and "" where unknown."""

    size: int | None
    stamp: str  # changes with the content


def remote_version(url: str) -> RemoteVersion:
    """Return the version of the file at ``url``; raise one of ERRORS if it is missing."""
    return _ftp_version(url) if url.startswith("ftp:") else _http_version(url)


def transfer(url: str, offset: int, file: BinaryIO) -> None:
    """Append the bytes of ``url`` from ``offset`` on to ``file``, which is positioned there.

    If the server cannot start at ``offset``, ``file`` is truncated and filled from the beginning.
    Raise one of ERRORS if the connection fails; ``file`` holds what arrived until then.
    """
    transfer_file = _transfer_ftp if url.startswith("ftp:") else _transfer_http
    transfer_file(url, offset, file)


def _http_version(url: str) -> RemoteVersion:
    with requests.head(url, headers=HEADERS, timeout=TIMEOUT, allow_redirects=True) as response:
        if response.status_code in (requests.codes.not_allowed, requests.codes.not_implemented):
            return RemoteVersion(None, "")
        response.raise_for_status()
        size = response.headers.get("Content-Length")
        stamps = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
        return RemoteVersion(None if size is None else int(size), " ".join(stamps).strip())


def _transfer_http(url: str, offset: int, file: BinaryIO) -> None:
    def prepare(response: requests.Response, **_: Any) -> None:
        # some servers declare a .gz file as encoded text, which requests would decompress
        response.raw.headers.pop("Content-Encoding", None)
        partial = response.headers.get("Content-Range", "").startswith(f"bytes {offset}-")
        if offset and response.ok and not response.is_redirect and not partial:
            _truncate(file)

    headers = HEADERS | ({"Range": f"bytes={offset}-"} if offset else {})
    http = HTTPDownloader(
        chunk_size=CHUNK_SIZE, headers=headers, timeout=TIMEOUT, hooks={"response": prepare}
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


def _ftp_version(url: str) -> RemoteVersion:
    path = unquote(urlsplit(url).path)
    with _connection(url) as ftp:
        size = _ask(ftp, f"SIZE {path}")
        return RemoteVersion(int(size) if size else None, _ask(ftp, f"MDTM {path}"))


def _ask(ftp: ftplib.FTP, command: str) -> str:
    """Return the reply to an optional command; empty if the server does not support it."""
    try:
        return ftp.sendcmd(command).removeprefix("213").strip()
    except ftplib.error_perm:
        return ""


def _transfer_ftp(url: str, offset: int, file: BinaryIO) -> None:
    # by ftplib, because pooch's FTPDownloader neither resumes nor takes a port from the URL
    with _connection(url) as ftp:
        if offset and not _ask(ftp, f"REST {offset}"):
            offset = _truncate(file)
        ftp.retrbinary(
            f"RETR {unquote(urlsplit(url).path)}", file.write, CHUNK_SIZE, rest=offset or None
        )


def _truncate(file: BinaryIO) -> int:
    file.seek(0)
    return file.truncate()
