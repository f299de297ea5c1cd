"""params.yaml is checked whole, and each mistake gets a message that helps."""

from pathlib import Path
from typing import Any

import pytest
from dvc.utils.serialize import modify_yaml

from imdb_genres.errors import UserError
from imdb_genres.params.schema import check_params, read_params
from tests.support.params import PARAMS, params_with


def message_for(changes: dict[str, Any]) -> str:
    with pytest.raises(UserError) as error:
        params_with(changes)
    return str(error.value)


def test_the_repositorys_params_are_right() -> None:
    assert read_params(PARAMS).seed == 7


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("train.dropuot", 0.5, "train.dropuot is not a parameter (did you mean 'dropout'?); known: "),
        ("labels", {}, "labels is not a parameter (did you mean 'label'?); known: seed, download"),
        ("train.dropout", 1.5, "train.dropout is 1.5; expected less than 1"),
        ("train.dropout", [0.1, 1.5], "train.dropout.1 is 1.5; expected less than 1"),
        ("train.dropout", [0.1, 0.2, 0.3], "train: dropout has 3 values for 2 hidden layers"),
        ("train.l1", [0.1, 0.2, 0.3], "train: l1 has 3 values for 2 hidden layers"),
        ("train.l1", float("inf"), "expected a finite number"),
        ("train.epochs", None, "train.epochs is null; expected an integer"),
        ("train.epochs", True, "train.epochs is true; expected an integer"),
        ("train.epochs", 0, "train.epochs is 0; expected greater than or equal to 1"),
        ("train.units", "512", 'train.units is "512"; expected an integer'),
        ("train", None, "train is null; expected a section with its keys"),
        ("split.test", "0.2", 'split.test is "0.2"; expected a number'),
        ("split.test", 0.95, "split: test and validation together must stay below 1"),
        ("split.test", 0, "split.test is 0; expected greater than 0"),
        ("label.strategy", "randon", "\"randon\" (did you mean 'random'?); expected 'random', 'first'"),
        ("label.strategy", "all", "label.strategy: all goes with train.targets: soft or multi-label"),
        ("parse.mask_genre_words", "yes", "expected 'auto', true or false"),
        ("parse.table.separator", "", "expected 1 character or more"),
        ("parse.table.genres", [5], "expected the name of a column, or a list of names"),
        ("parse.table.genres", [], "expected the name of a column, or a list of names"),
        ("parse.table.where", "Movie", "such as {type: Movie}"),
        ("parse.table.where", {"type": []}, "such as {type: Movie}"),
        ("parse.table.where", {"type": None}, "such as {type: Movie}"),
        ("parse.max_damaged", 5, "is now called parse.max_malformed"),
        ("evaluate.bootstrap", 5, "is now called evaluate.bootstrap_resamples"),
        ("parse.min_words", -1, "parse.min_words is -1; expected greater than or equal to 0"),
        ("download.source", "wikipdia", "(did you mean 'wikipedia'?)"),
        ("download.table.path", "films.xls", "expected .csv, .tsv, .txt, .json, .jsonl"),
        ("train.learning_rate_end", 0, "train.final_learning_rate_ratio"),
        ("train.gru_units", 8, "train.gru.units"),
        ("train.cnn.filter", 8, "did you mean 'filters'?"),
        ("train.gru", None, "train.gru is null"),
        ("train.mode", None, "train.mode is null"),
        ("train.device", "cuda", "train.device"),
        ("train.encoder.frozen_layers", -1, "train.encoder.frozen_layers: found -1, expected the"),
        ("train.encoder_wide.optimizer", "adam", "train.encoder_wide: momentum is 0.9, but adam"),
        ("seed", -1, "seed is -1; expected greater than or equal to 0"),
    ],
)  # fmt: skip
def test_a_mistake_names_the_key_the_value_and_what_was_expected(
    key: str, value: Any, sentence: str
) -> None:
    message = message_for({key: value})
    assert message.startswith("params.yaml: ")
    assert sentence in message
    assert "\n" not in message


def test_all_invalid_values_are_reported_at_once() -> None:
    message = message_for({"seed": "x", "balance.strategy": "up", "evaluate.bootstraps": 5})
    assert [line.split()[1] for line in message.splitlines()] == [
        "seed",
        "balance.strategy",
        "evaluate.bootstraps",
    ]


def test_long_values_are_cut() -> None:
    assert len(message_for({"train.epochs": "x" * 500})) < 150


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "params.yaml: the file is null; expected a section with its keys"),
        (b"seed: 7", "download is missing"),
        (b"seed: [7", "is not readable YAML: .* line 1, column 7"),
        (b"seed: 7\nseed: 8\n", "is not readable YAML: .* duplicate key .seed."),
        (b"seed: \xff", "is not readable YAML: .* byte 0xff"),
    ],
)
def test_a_file_without_params_is_a_user_error(
    content: bytes, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        read_params(path)


def test_a_missing_file_is_a_user_error() -> None:
    with pytest.raises(UserError, match=r"nowhere.yaml is missing: run this from the repository"):
        read_params(Path("nowhere.yaml"))


def test_one_number_serves_every_layer() -> None:
    assert params_with({"train.dropout": 0.5}).train.dropout == [0.5]
    assert params_with({"train.units": 64, "train.l1": 0, "train.dropout": 0}).train.units == [64]


def test_what_dvc_writes_for_an_override_is_read_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(PARAMS.read_bytes())
    with modify_yaml(str(path)) as values:
        values["train"] |= {"l1": 1e-5, "dropout": [0.5, 0.7], "learning_rate": 1e-3}
        values["split"]["test"] = 0.25
    params = read_params(path)
    assert (params.train.l1, params.train.dropout, params.split.test) == ([1e-5], [0.5, 0.7], 0.25)
    before, after = (PARAMS.read_text().count("# "), path.read_text().count("# "))
    assert after == before


def test_a_checked_section_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        params_with().split.test = 0.5


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [None], {"a": {}}, float("nan")], ids=repr)
def test_any_value_for_a_section_gives_messages(value: Any) -> None:
    for key in ("download", "download.table", "parse.table", "train", "split"):
        assert key in message_for({key: value})
    with pytest.raises(UserError):
        check_params(value)
