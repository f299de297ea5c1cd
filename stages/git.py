"""Asks git, in one line."""

import subprocess
from pathlib import Path


class GitError(Exception):
    """What git said when it refused."""


def git(*arguments: str, folder: Path | None = None) -> str:
    """Return what ``git`` prints, without the last newline; raise GitError where it fails."""
    command = ["git", *arguments]
    try:
        result = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    if result.returncode:
        raise GitError(result.stderr.strip())
    return result.stdout.removesuffix("\n")
