"""Run git on a folder's repository, even if environment variables name another one."""

import os
import re
import subprocess
from pathlib import Path

from imdb_genres.errors import UserError

# In a hook git sets GIT_DIR, GIT_INDEX_FILE and more, which would lead every call to the hook's
# repository. Of all GIT_ variables only these do not choose a repository or what is read of it.
KEPT_VARIABLES = re.compile(
    r"GIT_(AUTHOR_|COMMITTER_|SSH|ASKPASS|TERMINAL_PROMPT|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)$)"
)


class GitError(UserError):
    """The error message of a git command that failed."""


class NotARepositoryError(GitError):
    """The folder is in no git repository, or git is not installed."""


def clean_environment() -> dict[str, str]:
    """Return the environment without the variables that point git at another repository."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or KEPT_VARIABLES.match(name)
    }


def git(*arguments: str, folder: Path | None = None) -> str:
    """Return what ``git`` prints, without the last newline; raise GitError if it fails."""
    return git_bytes(*arguments, folder=folder).decode("utf-8", "replace").removesuffix("\n")


def git_bytes(*arguments: str, folder: Path | None = None) -> bytes:
    """Return what ``git`` prints, byte for byte; raise GitError if it fails."""
    environment = clean_environment() | {"LC_ALL": "C"}  # error messages in one language
    try:
        result = subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, capture_output=True
        )
    except FileNotFoundError:
        raise NotARepositoryError("git is not installed") from None
    if result.returncode:
        raise _error(result.stderr.decode("utf-8", "replace").strip())
    return result.stdout


def git_show(revision: str, path: str, folder: Path | None = None) -> bytes:
    """Return a file's content at ``revision``; ``path`` is relative to ``folder``.

    ``git show REVISION:path`` alone would start at git's root, which may lie above ``folder``.
    """
    return git_bytes("show", f"{revision}:./{path}", folder=folder)


def git_prefix(folder: Path | None = None) -> str:
    """Return ``folder`` relative to git's root: empty, or ending with a slash."""
    return git("rev-parse", "--show-prefix", folder=folder)


def is_shallow(folder: Path | None = None) -> bool:
    """Return whether the clone lacks history (`git clone --depth`); DVC keeps no experiments there."""
    return git("rev-parse", "--is-shallow-repository", folder=folder) == "true"


def ref_exists(ref: str, folder: Path | None = None) -> bool:
    """Return whether ``ref`` names a commit; raise GitError if git cannot tell."""
    return bool(git("for-each-ref", "--count=1", ref, folder=folder))


def _error(message: str) -> GitError:
    if dubious := re.search(r"detected dubious ownership in repository at '(.+)'", message):
        return GitError(
            f"git refuses {dubious[1]}, which belongs to another user. If you trust it, run "
            f"`git config --global --add safe.directory {dubious[1]}`"
        )
    if "not a git repository" in message:
        return NotARepositoryError(message)
    return GitError(message)
