"""dvc.lock: the md5 of all that each stage read and made."""

from pathlib import Path
from typing import Any

import yaml

Lock = dict[str, Any]


def read_lock(text: str | None = None) -> Lock:
    """Return the stages of dvc.lock, or of its ``text`` in another revision; none is {}."""
    path = Path("dvc.lock")
    if text is None:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    lock: Lock = (yaml.safe_load(text) or {}).get("stages", {})
    return lock


def made_by(lock: Lock, stage: str) -> dict[str, str]:
    """Return the md5 of each output of ``stage``, by path."""
    return {out["path"]: out["md5"] for out in lock.get(stage, {}).get("outs", ())}
