"""The Python API, and the notebook that shows it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest

import imdb_genres
from imdb_genres import api
from imdb_genres.errors import UserError
from imdb_genres.experiments import entries, results
from stages import baselines, evaluate
from tests.experiments.test_compare import result
from tests.experiments.test_leaderboard import entry
from tests.support.evaluation_inputs import write_inputs
from tests.support.params import params_with

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "examples" / "compare_runs.ipynb"


@pytest.fixture
def evaluated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder that an evaluated model and two results are found in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKING", "off")
    write_inputs()
    params = params_with({"evaluate.bootstrap_resamples": 20})
    baselines.main(params)
    evaluate.main(params)
    monkeypatch.setattr(entries, "collect_entries", lambda: [entry("a", 0.6), entry("b", 0.3)])
    skill = {"workspace": 0.3, "as-meant-dropout": 0.6}
    monkeypatch.setattr(results, "read_result", lambda name: result(name, skill[name]))


def code_cells() -> list[str]:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def test_every_cell_of_the_notebook_runs(evaluated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    mpl.use("Agg")
    commands: list[list[str]] = []
    run = subprocess.run

    def record(command: list[str], **options: Any) -> object:
        if command[0] not in ("dvc", "imdb-genres"):  # matplotlib asks for fonts when it runs first
            return run(command, **options)
        commands.append(command)
        return None

    monkeypatch.setattr(subprocess, "run", record)
    names: dict[str, object] = {}
    for cell in code_cells():
        exec(compile(cell, NOTEBOOK.name, "exec"), names)
    experiment = ["imdb-genres", "experiments", "as-meant-dropout"]  # can be repeated
    assert commands == [["dvc", "repro"], experiment]
    runs, comparison = names["runs"], names["comparison"]
    assert isinstance(runs, pd.DataFrame) and runs["name"].tolist() == ["a", "b"]
    assert isinstance(comparison, pd.DataFrame)
    assert comparison["low"].tolist()[0] > 0


def test_the_notebook_has_no_outputs() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def test_predictions_have_a_row_for_each_test_film(evaluated: None) -> None:
    table = api.read_predictions()
    probabilities = table.filter(like="probability_")
    assert len(probabilities.columns) == 3
    assert probabilities.sum(axis=1).between(0.999, 1.001).all()


def test_the_package_offers_the_api_and_nothing_else() -> None:
    public = {
        name
        for name, value in vars(api).items()
        if getattr(value, "__module__", None) == api.__name__ and not name.startswith("_")
    }
    assert set(imdb_genres.__all__) == public | {"Predictor"}
    for name in imdb_genres.__all__:
        assert getattr(imdb_genres, name) is getattr(api, name)
    with pytest.raises(AttributeError, match="no attribute 'read_score'"):
        _ = imdb_genres.read_score


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys; old = set(sys.modules); import imdb_genres; print(*set(sys.modules) - old)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = set(loaded.split())
    assert [name for name in names if name.startswith("imdb_genres")] == ["imdb_genres"]
    assert not {"numpy", "pandas", "mlflow", "tensorflow"} & names


def test_without_a_run_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="dvc repro"):
        imdb_genres.read_scores()
