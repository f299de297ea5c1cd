"""Debian's Chromium, and programs that serve pages to it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
PATIENCE = 60_000  # milliseconds, for a busy machine

expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser; skip the test where there is none."""
    program = shutil.which("chromium")
    if not program:
        pytest.skip("needs Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened_offline(path: Path) -> Iterator[Page]:
    """Yield the page of an HTML file, in a browser that reaches nothing else; no console errors."""
    with chromium() as browser:
        page = browser.new_context(offline=True).new_page()
        mistakes: list[str] = []
        page.on(
            "console", lambda line: mistakes.append(line.text) if line.type == "error" else None
        )
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("requestfailed", lambda request: mistakes.append(request.url))
        page.goto(path.as_uri())
        yield page
    assert not mistakes


def start(command: str, folder: Path, *options: str) -> subprocess.Popen[str]:
    """Start `imdb-genres COMMAND` in ``folder``; it opens no browser of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "imdb_genres.cli", command, "--no-browser", *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,
    )


def hear_ctrl_c() -> None:
    """Let SIGINT end a program again, which those in the background of a shell ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def serving(command: str, folder: Path, port: int, addresses: int = 1) -> Iterator[list[str]]:
    """Run a program that serves pages; yield the first ``addresses`` that it prints."""
    server = start(command, folder, "--port", str(port))
    assert server.stdout
    printed: list[str] = []
    for line in server.stdout:
        printed += [word for word in line.split() if word.startswith("http://")]
        if len(printed) == addresses:
            break
    else:
        raise AssertionError(server.communicate()[1])
    try:
        yield printed
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)
