"""MLflow's own pages show what was tracked: curves in one chart, comparisons, runs, reports."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import Mock

import pytest
from playwright.sync_api import Browser, Page, expect

from imdb_genres.cli import mlflow_server, ui
from imdb_genres.cli.mlflow_server import check_free, wait_for
from imdb_genres.errors import UserError
from imdb_genres.evaluation.baselines import read_baselines
from imdb_genres.evaluation.evaluator import evaluate as measure
from imdb_genres.evaluation.findings import EVALUATION
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.evaluation.report import write_report
from imdb_genres.registry.tracker import CONFIG, TRACKER
from imdb_genres.tracking.tracker import Tracker
from tests.inference.test_explain import CueModel
from tests.stages.test_evaluate import write_inputs
from tests.support import tracked_runs as tracked
from tests.support.browser import PATIENCE, serving
from tests.support.ports import free_port
from tests.support.servers import http_server

pytestmark = pytest.mark.slow

GAINS = {
    "shallow": 0.02,
    "deep": 0.04,
    "wide": 0.06,
}  # what an epoch adds to an experiment's accuracy
CURVES = [f"{name} (accuracy/{fold})" for name in GAINS for fold in ("train", "validation")]
LOOKS = "[...document.querySelectorAll('.js-line')].map(({style}) => style.stroke + style.strokeDasharray)"


def run_experiment(name: str, gain: float) -> None:
    """Train and evaluate with invented numbers, as DVC would."""
    os.environ["DVC_EXP_NAME"] = name
    changed = tracked.PARAMS.replace("threads: 1", f"threads: 1, dropout: {gain}")
    Path("params.yaml").write_text(changed)
    epochs = [
        {"epoch": n, "accuracy/train": 0.3 + gain * n, "accuracy/validation": 0.2 + gain * n}
        for n in range(1, 9)
    ]
    tracked.train([row | {"loss/train": 2 - gain * row["epoch"]} for row in epochs], name)
    with TRACKER.evaluation() as run:
        run.log_metrics({PRIMARY_METRIC: 10 * gain, "accuracy": 10 * gain})
        run.log_artifacts(EVALUATION)


def fail_experiment(name: str) -> None:
    """Fail as a mistake in params.yaml does: before anything is trained."""
    os.environ["DVC_EXP_NAME"] = name
    stage = Tracker(CONFIG)  # a process of its own, which has tracked nothing yet
    stage.record_failed_stage("parse", UserError("params.yaml: train.dropot is unknown"))


def write_evaluation() -> None:
    write_inputs()
    EVALUATION.mkdir()
    Path("metrics/history.csv").write_text(
        "epoch,loss/train,loss/validation,accuracy/train,accuracy/validation\n1,2,2,0.1,0.1\n2,1,1,0.2,0.2\n"
    )
    findings = measure(Path("data/split.parquet"), CueModel(), read_baselines(), 20, 1)
    write_report(EVALUATION / "report.html", findings, CueModel())


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Iterator[list[str]]:
    """What `make ui` prints: the page of every run's charts, and that of all curves in one chart."""
    folder = tmp_path_factory.mktemp("ui")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DVC_EXP_NAME", "")
        tracked.enter_workspace(folder, database, patch)
        write_evaluation()
        for name, gain in GAINS.items():
            run_experiment(name, gain)
        fail_experiment("typo")
    with serving("ui", folder, free_port(), 4) as printed:
        yield printed


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of a browser that may ask this machine alone."""
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(PATIENCE)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.split("/")[2].split(":")[0]))
    yield page
    assert asked == {"127.0.0.1"}
    page.close()


def open_run(page: Page, addresses: list[str], name: str) -> None:
    page.goto(addresses[1])
    page.get_by_role("link", name=name, exact=True).click()


def test_a_port_in_use_is_a_user_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"port {port} is taken; try --port {port + 1}"):
            check_free(port)


def test_the_servers_health_is_not_asked_of_a_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "health").write_text("OK")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr("imdb_genres.cli.mlflow_server.STARTING_SECONDS", 1)
    with http_server(tmp_path) as (address, _), subprocess.Popen(["sleep", "60"]) as server:
        try:
            wait_for(server, address, tmp_path / "ui.log")
        finally:
            server.kill()


def test_the_pages_stay_while_dvc_writes_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def running_server(uri: str, port: int) -> Iterator[tuple[str, Mock]]:
        yield "http://127.0.0.1:1", Mock(poll=Mock(side_effect=[None, None, 0]))

    sync = Mock(side_effect=UserError("dvc.lock is not complete YAML"))
    monkeypatch.setattr(ui, "running_server", running_server)
    monkeypatch.setattr(ui, "sync", sync)
    monkeypatch.setattr(ui, "SYNC_SECONDS", 0)
    ui.serve("", 1, {}, quiet=True, is_copy=False)
    assert sync.call_count == 2


def test_a_server_that_does_not_start_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".dvc" / "tmp").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mlflow_server, "server_command", lambda port: [sys.executable, "-c", "1/0"])
    with (
        pytest.raises(UserError, match=r"did not start: see .*ui\.log"),
        mlflow_server.running_server("", free_port()),
    ):
        pass


def test_accuracies_of_all_experiments_are_in_one_chart(page: Page, addresses: list[str]) -> None:
    page.goto(addresses[2])
    for curve in CURVES:
        expect(page.get_by_text(curve)).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    page.wait_for_function(f"new Set({LOOKS}).size == {len(CURVES)}")  # a colour or dashes each
    best = page.get_by_role("row").filter(has_text="wide").first
    expect(best).to_contain_text("0.78 (step=8)")


def test_every_metric_has_a_chart_with_all_experiments(page: Page, addresses: list[str]) -> None:
    page.goto(addresses[1])
    for curve in CURVES:
        expect(page.get_by_text(curve)).to_be_visible()
    expect(page.get_by_text("3 matching runs")).to_be_visible()


def test_the_comparison_shows_what_differs(page: Page, addresses: list[str]) -> None:
    page.goto(addresses[2])
    page.get_by_role("link", name="Comparing 3 Runs").click()
    for name, gain in GAINS.items():
        for key, value in {"Run Name": name, "train.dropout": str(gain)}.items():
            row = page.get_by_role("row").filter(has_text=re.compile(rf"^\s*{re.escape(key)}"))
            expect(row).to_contain_text(value)


def test_a_run_shows_its_parameters_tags_and_scores(page: Page, addresses: list[str]) -> None:
    open_run(page, addresses, "deep")
    expect(page.get_by_text("dvc exp apply deep").first).to_be_visible()
    for key, value in {"train.dropout": "0.04", "train.units": "[4, 2]", "accuracy": "0.4"}.items():
        row = page.get_by_role("row").filter(has=page.get_by_text(key, exact=True))
        expect(row).to_contain_text(value)


def test_a_run_s_description_leads_to_its_curves(page: Page, addresses: list[str]) -> None:
    open_run(page, addresses, "deep")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="accuracy", exact=True).first.click()
    curves = opened.value
    for fold in ("train", "validation"):
        expect(curves.get_by_text(f"deep (accuracy/{fold})")).to_be_visible()
    curves.wait_for_function(f"new Set({LOOKS}).size == 2", timeout=PATIENCE)
    curves.close()


def test_a_run_s_report_is_shown_with_its_charts(page: Page, addresses: list[str]) -> None:
    open_run(page, addresses, "deep")
    page.get_by_role("tab", name="Artifacts").click()
    page.get_by_text("evaluation", exact=True).click()
    page.get_by_text("report.html", exact=True).click()
    report = page.frame_locator("iframe")
    expect(report.locator("h1")).to_have_text("Evaluation report")
    expect(report.locator("svg").first).to_be_visible()


def test_the_table_shows_what_changed_and_the_scores_best_first(
    page: Page, addresses: list[str]
) -> None:
    page.goto(addresses[0])
    header = page.get_by_role("columnheader")
    for column in ("changed", PRIMARY_METRIC, "accuracy", "system/train/seconds"):
        expect(header.filter(has_text=column).first).to_be_visible()
    rows = page.get_by_role("row").filter(has_text="train.dropout=")
    expect(rows).to_have_text(
        [re.compile(f"(?=.*train.dropout={gain}).*{10 * gain}") for gain in (0.06, 0.04, 0.02)]
    )


@pytest.mark.parametrize("number", [0, 1])
def test_a_run_that_failed_on_a_typo_is_not_shown(
    page: Page, addresses: list[str], number: int
) -> None:
    page.goto(addresses[number])
    expect(page.get_by_text("3 matching runs")).to_be_visible()
    expect(page.get_by_role("link", name="deep", exact=True).first).to_be_visible()
    expect(page.get_by_role("link", name="typo", exact=True)).to_have_count(0)
