"""The cost of a command that tracks includes the uploader, which outlives it."""

import sys
from pathlib import Path

import pytest

from benchmarks import uploader
from benchmarks.measure import run

WORK = "import time; sum(range(20_000_000)); time.sleep(0.5)"
UPLOADER = [sys.executable, "-c", WORK, uploader.MODULE]
START = f"""
import subprocess
subprocess.Popen({UPLOADER}, cwd="clone", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
"""


def test_the_uploaders_seconds_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploader, "POLL_SECONDS", 0.05)
    (tmp_path / "clone").mkdir()
    command = [sys.executable, "-c", START]
    alone = run(command, tmp_path).cpu
    assert uploader.list_uploaders(tmp_path / "elsewhere") == []
    seconds = uploader.wait_for_uploaders(tmp_path)
    assert seconds > 0.1
    assert uploader.run_tracked(command, tmp_path).cpu > alone + seconds / 2
    assert uploader.list_uploaders(tmp_path) == []
