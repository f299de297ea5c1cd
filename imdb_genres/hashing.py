"""Hashes: for random choices that depend on a key only, and DVC's md5 of files and folders."""

import hashlib
import json
from hashlib import blake2b
from pathlib import Path


def unit_hash(seed: int, purpose: str, key: str) -> float:
    """Return a number in [0, 1), uniform over keys, the same on every machine."""
    digest = blake2b(f"{seed}/{purpose}/{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def short_hash(text: str) -> str:
    """Return a hash of ``text``, 16 hexadecimal digits."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


def dvc_md5(path: Path) -> str:
    """Return the md5 that dvc.lock has for a file, or for a folder (``<md5>.dir``).

    A folder's is that of its JSON listing, sorted by path.
    """
    if path.is_dir():
        files = {file.relative_to(path).as_posix(): file for file in path.rglob("*")}
        listing = [
            {"md5": dvc_md5(file), "relpath": name}
            for name, file in sorted(files.items())
            if file.is_file() and "__pycache__" not in name
        ]
        return hashlib.md5(json.dumps(listing).encode()).hexdigest() + ".dir"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()
