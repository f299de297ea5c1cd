"""Makes docs/images anew from this repository's own runs: `make screenshots`, after some experiments.

It needs Debian's chromium. The description on the pictures is invented: films' texts stay out.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from stages.tracking.links import experiment_page, overlay_page
from stages.tracking.store import Store, open_store, store_lock

FOLDER = Path("docs/images")
CURVES = ["accuracy/train", "accuracy/validation"]
RUNS_SHOWN = 4
SETTLED = 9_000  # milliseconds; MLflow's pages refresh for ever, so that none is ever idle
DESCRIPTION = (
    "A retired gunman rides into a dusty town to protect a widow and her son from a ruthless cattle "
    "baron. When the sheriff is killed, he takes his revolver out of the chest once more and teaches "
    "the farmers to fight, while the widow begins to hope that he will stay."
)


def main() -> None:
    """Take every picture."""
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("screenshots: chromium is not installed")
    with store_lock():
        store = open_store()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with serving("stages.demo", 0) as address:
            demo_pictures(browser, address)
        with serving("stages.ui", 5099) as address:
            mlflow_pictures(browser, address.partition("/#")[0], store)
        browser.close()


@contextmanager
def serving(module: str, port: int) -> Iterator[str]:
    """Run a server and yield the first address that it prints."""
    command = [sys.executable, "-m", module, "--no-browser", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert server.stdout
    try:
        words = (word for line in server.stdout for word in line.split())
        yield next(word for word in words if word.startswith("http://"))
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(30)


def demo_pictures(browser: Browser, address: str) -> None:
    """Show the page with two models on a desk, and with one on a phone."""
    for name, width in (("demo", 1080), ("demo-phone", 390)):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(address)
        expect(page.locator("#first option").nth(1)).to_be_attached(timeout=60_000)
        page.fill("#text", DESCRIPTION)
        page.select_option("#first", index=1)  # the champion
        if name == "demo":
            page.select_option("#second", index=page.locator("#second option").count() - 1)
        expect(page.locator(".answer")).to_have_count(2 if name == "demo" else 1)
        expect(page.locator(".words").last).to_have_text(DESCRIPTION)
        page.click("h1")  # takes the focus away
        keep(page, name, full=True)
        page.close()


def mlflow_pictures(browser: Browser, address: str, store: Store) -> None:
    """Show curves of several runs, a chart for each metric, runs compared, and one run."""
    runs = store.newest(RUNS_SHOWN)
    experiment = store.experiment_id
    query = urlencode({"runs": json.dumps(runs), "experiments": json.dumps([experiment])})
    pages = {
        "mlflow-curves": overlay_page(experiment, runs, CURVES),
        "mlflow-charts": experiment_page(experiment),
        "mlflow-compare": f"#/compare-runs?{query}",
        "mlflow-run": f"#/experiments/{experiment}/runs/{runs[0]}?workflowType=machine_learning",
    }
    for name, path in pages.items():
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(f"{address}/{path}")
        close = page.get_by_role("button", name="Close", exact=False)
        page.wait_for_timeout(SETTLED)
        if close.count():  # a panel that covers a quarter of the page
            close.first.click()
            page.wait_for_timeout(SETTLED // 3)
        keep(page, name)
        page.close()


def keep(page: Page, name: str, full: bool = False) -> None:
    """Write the picture with 256 colours, those that few pixels have among them: curves are thin."""
    picture = Image.open(BytesIO(page.screenshot(full_page=full))).convert("RGB")
    few = picture.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    path = FOLDER / f"{name}.png"
    few.save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
