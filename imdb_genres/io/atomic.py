"""Files between stages: whole or not at all, and the same bytes for the same content."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DATA = Path("data")
METRICS = Path("metrics")
MODEL = Path("model")


@contextmanager
def atomic_replace(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside ``path``; rename it on success, remove it on an error.

    What stands at ``path`` (file or folder) stays until the new content is complete.
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
    """Write ``content`` as indented JSON, its keys sorted or in their order."""
    with atomic_replace(path) as temporary:
        text = json.dumps(
            content, indent=2, sort_keys=sort_keys, ensure_ascii=False, allow_nan=False
        )
        temporary.write_text(text + "\n", encoding="utf-8")
