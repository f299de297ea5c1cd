"""Debian's Chromium without a network."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright


@contextmanager
def opened_offline(path: Path) -> Iterator[Page]:
    """Yield the page of an HTML file, in a browser that reaches nothing else; no console errors."""
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("needs Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(offline=True).new_page()
        mistakes: list[str] = []
        page.on(
            "console", lambda line: mistakes.append(line.text) if line.type == "error" else None
        )
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("requestfailed", lambda request: mistakes.append(request.url))
        page.goto(path.as_uri())
        yield page
        browser.close()
    assert not mistakes
