"""Downloads a corpus's files from the first mirror that has them all; broken downloads resume."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from filelock import FileLock
from tqdm import tqdm

from imdb_genres.download.checksums import verify_sha256
from imdb_genres.download.transports import ERRORS, RemoteVersion, remote_version, transfer
from imdb_genres.dvc_repo.root import repository_root
from imdb_genres.errors import UserError, disk_error, root_cause
from imdb_genres.progress import bar_options

FAILURES: tuple[type[Exception], ...] = (*ERRORS, UserError)


class RemoteFile(NamedTuple):
    """A file of a corpus; ``parameter`` is the key of sources.yaml that pins its ``sha256``."""

    name: str
    sha256: str | None
    parameter: str


def fetch(files: Sequence[RemoteFile], mirrors: Iterable[str], folder: Path, advice: str) -> None:
    """Download ``files`` into ``folder`` from one mirror: an http(s) or ftp URL, or a local folder.

    A local folder is relative to the repository, and may hold a .gz file unpacked, without .gz.
    Raise UserError with the reason of each mirror, and ``advice``, if none has all the files.
    """
    reasons = []
    for mirror in mirrors:
        fetch_files = _fetch_from_server if "://" in mirror else _copy_from_folder
        try:
            fetch_files(mirror, files, folder)
            return
        except FAILURES as error:
            if message := disk_error(error):  # another mirror would not help
                raise UserError(message) from error
            cause = root_cause(error)
            reasons.append(f"  {mirror}: {str(cause) or type(cause).__name__}")
            for file in files:
                for name in _local_names(file):
                    (folder / name).unlink(missing_ok=True)
    names = " and ".join(file.name for file in files)
    raise UserError("\n".join([f"no mirror delivered {names}:", *reasons, advice]))


def _copy_from_folder(mirror: str, files: Sequence[RemoteFile], folder: Path) -> None:
    source = repository_root() / Path(mirror).expanduser()
    for file in files:
        paths = [source / name for name in _local_names(file) if (source / name).is_file()]
        if not paths:
            raise FileNotFoundError(f"{source} holds no {' or '.join(_local_names(file))}")
        copy = shutil.copyfile(paths[0], folder / paths[0].name)
        verify_sha256(copy, file.sha256, file.parameter)


def _local_names(file: RemoteFile) -> list[str]:
    return list(dict.fromkeys([file.name, file.name.removesuffix(".gz")]))


def _fetch_from_server(mirror: str, files: Sequence[RemoteFile], folder: Path) -> None:
    downloads = repository_root() / ".dvc" / "tmp" / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    with FileLock(downloads / "lock"):  # parallel experiments share the folder
        parts = []
        for file in files:
            url = f"{mirror.rstrip('/')}/{file.name}"
            part = downloads / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}-{file.name}"
            _download(url, part)
            parts.append(part)
        for file, part in zip(files, parts, strict=True):
            shutil.move(part, folder / file.name)
            verify_sha256(folder / file.name, file.sha256, file.parameter)
            for leftover in downloads.glob(f"*-{file.name}*"):
                leftover.unlink()


def _download(url: str, part: Path) -> None:
    """Download ``url`` to ``part``; resume an earlier attempt at the same version."""
    version = remote_version(url)
    _discard_other_version(part, version)
    while (size := part.stat().st_size) != version.size:
        try:
            _resume(url, part, version)
            break
        except ERRORS:
            if part.stat().st_size <= size:  # retry while the download makes progress
                raise
    if version.size not in (None, size := part.stat().st_size):
        part.unlink()
        raise OSError(f"the server announced {version.size} bytes and sent {size}")


def _discard_other_version(part: Path, version: RemoteVersion) -> None:
    """Empty ``part`` unless it is the beginning of the version that the server has."""
    version_file = part.with_name(f"{part.name}.version")
    same = (
        part.exists() and version_file.exists() and version_file.read_text() == json.dumps(version)
    )
    if not (same and version.size and version.stamp and part.stat().st_size <= version.size):
        part.write_bytes(b"")
        version_file.write_text(json.dumps(version))


def _resume(url: str, part: Path, version: RemoteVersion) -> None:
    with part.open("r+b") as file:
        offset = file.seek(0, 2)
        name = url.rpartition("/")[2]
        bar = tqdm.wrapattr(
            file, "write", total=version.size, initial=offset, desc=name, **bar_options()
        )
        with bar as monitored:
            transfer(url, offset, cast(BinaryIO, monitored))
