"""Copies outputs from DVC's cache without touching the workspace."""

import json
import shutil
from functools import cache
from pathlib import Path

from imdb_genres.dvc_repo.dvc import run_dvc
from imdb_genres.dvc_repo.root import repository_root


def copy_cached(md5: str, target: Path) -> bool:
    """Copy the file or folder (``<md5>.dir``) of this md5 to ``target``; False if not cached."""
    files = {target: _file(md5)}
    if md5.endswith(".dir"):
        listing = cached_file(md5)
        if not listing:
            return False
        files = {target / entry["relpath"]: _file(entry["md5"]) for entry in json.loads(listing)}
    if not all(file.exists() for file in files.values()):
        return False
    for path, file in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, path)
    return True


def cached_file(md5: str) -> bytes:
    """Return the content of the file that DVC knows as ``md5``; nothing if it is not cached."""
    file = _file(md5)
    return file.read_bytes() if file.is_file() else b""


def _file(md5: str) -> Path:
    return _cache(repository_root()) / "files" / "md5" / md5[:2] / md5[2:]


@cache
def _cache(root: Path) -> Path:
    """Return where DVC's configuration puts the cache."""
    output = run_dvc("cache", "dir", cwd=root, capture_output=True).stdout
    return Path(output.strip() or root / ".dvc" / "cache")
