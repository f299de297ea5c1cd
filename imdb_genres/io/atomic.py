"""Atomic replacement of files and folders."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def atomic_replace(path: Path) -> Iterator[Path]:
    """Yield a temporary name next to ``path``; rename it on success, remove it on an error.

    The file or folder at ``path`` stays until the new content is complete. A path may have one writer
    at a time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    _remove(temporary)
    try:
        yield temporary
        if path.is_dir():
            _remove(path)
        temporary.replace(path)
    finally:
        _remove(temporary)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_json(path: Path, content: Any, sort_keys: bool = True) -> None:
    """Write ``content`` as indented JSON, its keys sorted or in insertion order."""
    with atomic_replace(path) as temporary:
        text = json.dumps(
            content, indent=2, sort_keys=sort_keys, ensure_ascii=False, allow_nan=False
        )
        temporary.write_text(text + "\n", encoding="utf-8")
