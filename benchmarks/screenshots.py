"""Retakes the pictures in docs/images from this repository's own runs: `make screenshots`, after some experiments.

It needs Debian's chromium. The description in the pictures is invented; no film's text is shown.
"""

import shutil
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from imdb_genres.registry.tracker import opened_store
from imdb_genres.search.tracked_trials import PARENT, SCORE, SEARCH
from imdb_genres.tracking.store import Store
from imdb_genres.tracking.ui_links import charts_page, compare_page, overlay_page
from tests.support.browser import serving

FOLDER = Path("docs/images")
CURVES = ["accuracy/train", "accuracy/validation"]
# of few epochs, with names short enough for a legend
RECIPES = ["best", "as-meant", "deep", "wide-deep"]
RUNS_SHOWN = 4
PATIENCE = 60_000  # milliseconds
SETTLED = 3_000  # MLflow's pages keep refreshing, so they never become idle
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
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with serving("demo", Path(), 0) as (address,):
            demo_pictures(browser, address)
        with serving("ui", Path(), 5099) as (address,), opened_store() as store:
            mlflow_pictures(browser, address.partition("/#")[0], store)
        browser.close()


def demo_pictures(browser: Browser, address: str) -> None:
    """Show the champion next to the workspace's model on a desktop, and alone on a phone."""
    for name, width in (("demo", 1080), ("demo-phone", 390)):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(address)
        expect(page.locator("#first option").nth(1)).to_be_attached(timeout=60_000)
        page.fill("#text", DESCRIPTION)
        if name == "demo":
            page.select_option("#second", "model")
        expect(page.locator(".answer")).to_have_count(2 if name == "demo" else 1)
        expect(page.locator(".words").last).to_have_text(DESCRIPTION)
        page.click("h1")  # takes the focus away
        save_picture(page, name, full=True)
        page.close()


def mlflow_pictures(browser: Browser, address: str, store: Store) -> None:
    """Show curves of several runs, a chart for each metric, runs compared, and one run."""
    runs = shown_runs(store)
    experiment = store.experiment_id
    run = f"#/experiments/{experiment}/runs/{runs[0]}?workflowType=machine_learning"
    pages = {
        "mlflow-curves": (overlay_page(experiment, runs, CURVES), "(accuracy/validation)"),
        "mlflow-charts": (charts_page(experiment), "(accuracy/validation)"),
        "mlflow-compare": (compare_page(experiment, runs), "Run details"),
        "mlflow-run": (run, "About this run"),
    }
    if trials := newest_search(store):
        pages["mlflow-search"] = (compare_page(experiment, trials), "Parallel Coordinates Plot")
    for name, (path, shown) in pages.items():
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/{path}")
        page.get_by_text(shown).first.wait_for(timeout=PATIENCE)
        close = page.get_by_role("button", name="Close")
        if close.count():  # a panel that covers a quarter of the page
            close.first.click()
        page.wait_for_timeout(SETTLED)
        if name == "mlflow-search":
            show_validation_score(page)
        save_picture(page, name)
        page.close()


def shown_runs(store: Store) -> list[str]:
    """Return the ids of the newest run of each recipe, and of the newest others if those are few."""
    named = [store.search(f"attributes.run_name = '{name}'")[:1] for name in RECIPES]
    ids = [run.info.run_id for runs in named for run in runs] + store.newest(RUNS_SHOWN)
    return list(dict.fromkeys(ids))[:RUNS_SHOWN]


def show_validation_score(page: Page) -> None:
    """Replace the metric that MLflow's parallel coordinates show at first."""
    page.get_by_role("combobox").last.click()
    for key in ("Backspace", *SCORE, "Enter", "Escape"):
        page.keyboard.press(key)
    page.wait_for_timeout(SETTLED)


def newest_search(store: Store) -> list[str]:
    """Return the ids of the trials of the newest search; none if there was no search."""
    trials = [run for run in store.search() if SEARCH in run.data.tags and PARENT in run.data.tags]
    keys = [run.data.tags[SEARCH] for run in trials]
    return [run.info.run_id for run, key in zip(trials, keys, strict=True) if key == keys[0]]


def save_picture(page: Page, name: str, full: bool = False) -> None:
    """Write the picture with 256 colours: white stays white, and thin curves keep their own."""
    picture = Image.open(BytesIO(page.screenshot(full_page=full))).convert("RGB")
    few = picture.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    path = FOLDER / f"{name}.png"
    few.save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
