"""Named recipes become experiments of DVC's queue, and mistakes in them are reported before any runs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from dvc.utils.hydra import apply_overrides

from imdb_genres.dvc_repo.git import git
from imdb_genres.errors import UserError
from imdb_genres.experiments.overrides import apply_changes, set_options
from imdb_genres.experiments.recipes import (
    base_params,
    collect_overrides,
    list_experiments,
    read_recipes,
    uncommitted_changes,
)
from imdb_genres.tracking.record import flatten
from tests.support.params import PARAMS, values_with

ROOT = PARAMS.parent


def recipes_file(folder: Path, text: str) -> Path:
    path = folder / "experiments.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with the default parameters, not with the user's params.yaml."""
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(values_with({})), encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_the_repositorys_own_recipes_are_valid() -> None:
    recipes = read_recipes(ROOT / "experiments.yaml")
    assert {"as-meant", "as-written", "as-run"} <= recipes.keys()


@pytest.mark.parametrize("name", yaml.safe_load((ROOT / "experiments.yaml").read_text()))
def test_dvc_writes_a_recipe_into_params_yaml(name: str, tmp_path: Path) -> None:
    """DVC's YAML writer corrupts a file with a comment between a key and its list, set to []."""
    for experiment, changes in list_experiments(name, read_recipes(ROOT / "experiments.yaml")):
        path = tmp_path / f"{experiment}.yaml"
        path.write_bytes(PARAMS.read_bytes())
        apply_overrides(
            path, [option.removeprefix("--set-param=") for option in set_options(changes)]
        )
        written = path.read_text(encoding="utf-8")
        assert yaml.safe_load(written) == apply_changes(yaml.safe_load(PARAMS.read_text()), changes)
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
    assert collect_overrides(recipes, "b") == {"train.l1": 0, "train.epochs": 6}
    assert [name for name, _ in list_experiments("b", recipes)] == ["b-seed-1", "b-seed-2"]
    assert list_experiments("b", recipes)[1][1]["seed"] == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: {about: x, set: {train.epoch: 5}}", "did you mean 'epochs'"),
        ("a: {about: x, set: {train.epochs: 0}}", "train.epochs is 0"),
        ("a: {about: x}", "a: set is missing"),
        ("a: {about: x, set: {train.epochs.x: 1}}", "train.epochs is"),
        ("b: {about: x, based_on: a, set: {}}", "no recipe 'a'"),
        ("a: {about: x, set: {}, against: bst}\nbest: {about: y, set: {}}", "did you mean 'best'"),
        ("a: {about: x, based_on: b, set: {}}\nb: {about: y, based_on: a, set: {}}", "a -> b -> a"),
        ("a: [", "not readable"),
    ],
)
def test_mistakes_name_the_recipe_and_the_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_recipes(recipes_file(tmp_path, text))


def test_nested_values_are_set_without_touching_the_original() -> None:
    values = {"seed": 1, "train": {"units": [2], "epochs": 3}}
    changed = apply_changes(values, {"seed": 4, "train.epochs": 5})
    assert changed == {"seed": 4, "train": {"units": [2], "epochs": 5}}
    assert values == {"seed": 1, "train": {"units": [2], "epochs": 3}}


def test_values_are_written_in_the_grammar_of_exp_run() -> None:
    changes = {"train.units": [512, 64], "train.l1": None, "parse.table.text": "résumé"}
    assert set_options(changes) == [
        "--set-param=train.units=[512, 64]",
        "--set-param=train.l1=null",
        '--set-param=parse.table.text="résumé"',
    ]


@pytest.mark.parametrize("where", [None, {"kind": "Film"}])
def test_dvc_replaces_a_mapping(where: dict[str, Any] | None, tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump(values_with({"parse.table.where": where})), encoding="utf-8")
    changes = {"parse.table.where": {"type (new)": ["Movie", "Short"], "a:b": 1}}
    options = [option.removeprefix("--set-param=") for option in set_options(changes)]
    apply_overrides(path, options)
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == values_with(changes)


SEARCHES = {
    "{train.epoch: {low: 4, high: 16}}": "did you mean 'train.epochs'",
    "{label.strategy: [all, first]}": r"only train\.\* and tokenize\.\*",
    "{train.optimizer: {low: 1, high: 2}}": "no numbers to range over",
    "{train.epochs: {low: 1.5, high: 2}}": "is an integer",
    "{train.epochs: {low: 0, high: 2}}": "train.epochs is 0",
    "{train.epochs: {low: 5, high: 2}}": "expected less than high",
    "{train.epochs: {low: 5}}": "a list of choices, or low and high",
    "{train.epochs: {lo: 5, high: 9}}": "did you mean 'low'",
    "{train.l2: {low: 0, high: 1, log: true}}": "above 0 on a log scale",
    "{train.optimizer: [adam, sdg]}": "did you mean 'sgd'",
    "{train.optimizer: [sgd], train.epochs: [1, 2]}": "2 or more",
    "{train.epochs: {low: 1, high: 2, when: {train.loss: x}}}": "not searched before it",
    "{train.optimizer: [adam, sgd], train.epochs: {low: 1, high: 2, when: {train.optimizer: sdg}}}": (
        "did you mean 'sgd'"
    ),
    "{train.architecture: [mlp, encoder]}": "train encoders",
    # fits alone, but not with every other choice
    "{train.optimizer: [adam, sgd], train.momentum: [0, 0.9]}": "adam has its own",
}


@pytest.mark.parametrize("space", SEARCHES)
def test_mistakes_in_a_search_are_found_before_any_trial(tmp_path: Path, space: str) -> None:
    text = f"a: {{about: x, set: {{}}, search: {{trials: 3, space: {space}}}}}"
    with pytest.raises(UserError, match=SEARCHES[space]):
        read_recipes(recipes_file(tmp_path, text))


def test_a_condition_makes_a_combination_valid(tmp_path: Path) -> None:
    space = "{train.optimizer: [adam, sgd], train.momentum: {choices: [0, 0.9], when: {train.optimizer: sgd}}}"
    text = f"a: {{about: x, set: {{}}, search: {{trials: 3, space: {space}}}}}"
    assert read_recipes(recipes_file(tmp_path, text))["a"].search


FIRST_TRIALS = {
    "{about: x, set: {train.epochs: 3}}": "train.epochs 3, which is outside the space",
    "{about: x, set: {train.dropout: 0.5}}": "train.dropout.*the space does not search",
}


@pytest.mark.parametrize("recipe", FIRST_TRIALS)
def test_first_trials_must_be_points_of_the_space(tmp_path: Path, recipe: str) -> None:
    search = "{trials: 3, try_first: [other], space: {train.epochs: [200, 400]}}"
    text = f"a: {{about: x, set: {{}}, search: {search}}}\nother: "
    assert read_recipes(recipes_file(tmp_path, text + "{about: x, set: {train.epochs: 400}}"))
    with pytest.raises(UserError, match=FIRST_TRIALS[recipe]):
        read_recipes(recipes_file(tmp_path, text + recipe))


def test_first_trials_keep_a_parameter_whose_condition_they_do_not_meet(tmp_path: Path) -> None:
    momentum = "{choices: [0.5, 0.9], when: {train.optimizer: sgd}}"
    space = f"{{train.optimizer: [adam, sgd], train.momentum: {momentum}}}"
    text = f"a: {{about: x, set: {{}}, search: {{trials: 3, try_first: [b], space: {space}}}}}\nb: "
    sgd = "{about: x, set: {train.optimizer: sgd, train.momentum: %s}}"
    assert read_recipes(recipes_file(tmp_path, text + "{about: x, set: {}}"))
    assert read_recipes(recipes_file(tmp_path, text + sgd % 0.5))
    with pytest.raises(UserError, match=r"train\.momentum 0, which is outside the space"):
        read_recipes(recipes_file(tmp_path, text + sgd % 0))


def test_first_trials_are_those_of_known_recipes(tmp_path: Path) -> None:
    search = "{trials: 3, try_first: [othr], space: {train.epochs: [200, 400]}}"
    text = f"a: {{about: x, set: {{}}, search: {search}}}\nother: {{about: x, set: {{}}}}"
    with pytest.raises(UserError, match=r"a: search\.try_first: .*did you mean 'other'"):
        read_recipes(recipes_file(tmp_path, text))


def test_folds_need_rows_that_were_not_balanced(tmp_path: Path) -> None:
    space = "{train.epochs: [1, 2]}"
    text = f"a: {{about: x, set: {{}}, search: {{trials: 3, folds: 3, space: {space}}}}}"
    with pytest.raises(UserError, match=r"balance\.strategy"):
        read_recipes(recipes_file(tmp_path, text))


def test_recipes_start_from_the_committed_parameters(tmp_path: Path) -> None:
    """As after `dvc exp apply best`, whose values contradict other recipes'."""
    git("init", "--quiet")
    git("add", "--all")
    git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message=one")
    best = {"train.units": [], "train.l1": 0, "parse.table.where": {"type": "Movie"}}
    params = tmp_path / "params.yaml"
    params.write_text(yaml.safe_dump(values_with(best)), encoding="utf-8")
    path = recipes_file(tmp_path, "a: {about: x, set: {train.l1: [0, 0.15]}}")
    assert "a" in read_recipes(path)
    assert base_params() == values_with({})
    committed = flatten(values_with({}))
    assert uncommitted_changes() == {name: committed[name] for name in best}


def test_a_conflict_in_the_committed_parameters_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("seed: 7\n<<<<<<< HEAD\nseed: 8\n", encoding="utf-8")
    git("init", "--quiet")
    git("add", "--all")
    git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message=one")
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(values_with({})), encoding="utf-8")
    assert base_params() == values_with({})
