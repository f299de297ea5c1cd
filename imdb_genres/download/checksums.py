"""Checks downloaded files against their sha256."""

import hashlib
import sys
from pathlib import Path

from imdb_genres.errors import UserError


def sha256_of_file(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_sha256(path: Path, expected: str | None, key: str) -> None:
    """Raise UserError unless ``path`` has the sha256 ``expected``; print it where none is pinned."""
    actual = sha256_of_file(path)
    if expected is None:
        print(f"{path.name}: sha256 {actual}; pin it as {key} in sources.yaml", file=sys.stderr)
    elif actual != expected:
        raise UserError(
            f"{path.name} has sha256 {actual}, but {key} in sources.yaml says {expected}. The file is "
            "corrupt, or another version: download it again, or pin the new hash if you trust it."
        )
