"""Named recipes become experiments of DVC's queue, and mistakes in them are told before any runs."""

import re
from pathlib import Path

import pytest
import yaml
from dvc.utils.hydra import apply_overrides

from imdb_genres.errors import UserError
from imdb_genres.experiments.recipes import (
    experiments_of,
    overridden,
    overrides,
    read_recipes,
    set_options,
)
from tests.support.params import PARAMS, values_with

ROOT = PARAMS.parent


def recipes_file(folder: Path, text: str) -> Path:
    path = folder / "experiments.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work beside the default parameters, whatever the user tries in params.yaml."""
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(values_with({})), encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_the_repositorys_own_recipes_are_valid() -> None:
    recipes = read_recipes(ROOT / "experiments.yaml")
    assert {"as-meant", "as-written", "as-run"} <= recipes.keys()


@pytest.mark.parametrize("name", yaml.safe_load((ROOT / "experiments.yaml").read_text()))
def test_dvc_writes_a_recipe_into_params_yaml(name: str, tmp_path: Path) -> None:
    """DVC's YAML writer corrupts a file with a comment between a key and its list, set to []."""
    for experiment, changes in experiments_of(name, read_recipes(ROOT / "experiments.yaml")):
        path = tmp_path / f"{experiment}.yaml"
        path.write_bytes(PARAMS.read_bytes())
        apply_overrides(
            path, [option.removeprefix("--set-param=") for option in set_options(changes)]
        )
        written = path.read_text(encoding="utf-8")
        assert yaml.safe_load(written) == overridden(yaml.safe_load(PARAMS.read_text()), changes)
        assert comments(written) == comments(PARAMS.read_text(encoding="utf-8"))


def comments(text: str) -> list[str]:
    return re.findall(r"(?m)(?:^|\s)#.*$", text)


def test_a_recipe_builds_on_another(tmp_path: Path) -> None:
    path = recipes_file(
        tmp_path,
        "a: {about: x, set: {train.l1: 0, train.epochs: 5}}\n"
        "b: {about: y, based_on: a, set: {train.epochs: 6}, seeds: [1, 2]}\n",
    )
    recipes = read_recipes(path)
    assert overrides(recipes, "b") == {"train.l1": 0, "train.epochs": 6}
    assert [name for name, _ in experiments_of("b", recipes)] == ["b-seed-1", "b-seed-2"]
    assert experiments_of("b", recipes)[1][1]["seed"] == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: {about: x, set: {train.epoch: 5}}", "did you mean 'epochs'"),
        ("a: {about: x, set: {train.epochs: 0}}", "train.epochs is 0"),
        ("a: {about: x}", "a: set is missing"),
        ("b: {about: x, based_on: a, set: {}}", "no recipe 'a'"),
        ("a: [", "not readable"),
    ],
)
def test_mistakes_name_the_recipe_and_the_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_recipes(recipes_file(tmp_path, text))


def test_nested_values_are_set_without_touching_the_original() -> None:
    values = {"seed": 1, "train": {"units": [2], "epochs": 3}}
    changed = overridden(values, {"seed": 4, "train.epochs": 5})
    assert changed == {"seed": 4, "train": {"units": [2], "epochs": 5}}
    assert values == {"seed": 1, "train": {"units": [2], "epochs": 3}}


def test_values_are_written_in_the_grammar_of_exp_run() -> None:
    changes = {"train.units": [512, 64], "train.l1": None, "label.strategy": "all"}
    assert set_options(changes) == [
        "--set-param=train.units=[512, 64]",
        "--set-param=train.l1=null",
        '--set-param=label.strategy="all"',
    ]
