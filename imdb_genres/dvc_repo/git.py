"""Asks git, in one line."""

import subprocess
from pathlib import Path


class GitError(Exception):
    """What git said when it refused."""


def git(*arguments: str, folder: Path | None = None) -> str:
    """Return what ``git`` prints, without the last newline; raise GitError where it fails."""
    return git_bytes(*arguments, folder=folder).decode("utf-8", "replace").removesuffix("\n")


def git_bytes(*arguments: str, folder: Path | None = None) -> bytes:
    """Return what ``git`` prints, byte for byte; raise GitError where it fails."""
    try:
        result = subprocess.run(["git", *arguments], cwd=folder, capture_output=True)
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    if result.returncode:
        raise GitError(result.stderr.decode("utf-8", "replace").strip())
    return result.stdout
