"""A film is in one fold, always the same, and the folds have their sizes."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imdb_genres.errors import UserError
from imdb_genres.params.schema import Split
from stages import split
from stages.split import FOLDS, assign_fold, assign_folds, count_groups
from tests.support.params import params_with

SHARES = Split(group="film", test=0.2, validation=0.1)
films = st.lists(st.text(max_size=20), min_size=1, max_size=30, unique=True)


def folds_alone(keys: list[str], shares: Split, seed: int) -> dict[str, str]:
    """Return the fold of each film, each a group of its own."""
    folds = assign_folds(pa.array(keys), np.arange(len(keys)), shares, seed)
    return dict(zip(keys, np.array(FOLDS)[folds].tolist(), strict=True))


@settings(max_examples=25)
@given(films, st.data(), st.integers(0, 2**31 - 1))
def test_a_fold_does_not_depend_on_other_films_or_their_order(
    keys: list[str], data: st.DataObject, seed: int
) -> None:
    some = data.draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
    whole = folds_alone(keys, SHARES, seed)
    assert folds_alone(some, SHARES, seed) == {key: whole[key] for key in some}


@settings(max_examples=25)
@given(st.integers(0, 2**31 - 1), st.floats(0.05, 0.45), st.floats(0.05, 0.45))
def test_shares_are_met_within_chance(seed: int, test: float, validation: float) -> None:
    shares = Split(group="film", test=test, validation=validation)
    folds = folds_alone([f"film {n}" for n in range(2000)], shares, seed)
    found = Counter(folds.values())
    for fold, share in zip(FOLDS, (1 - test - validation, validation, test), strict=True):
        assert abs(found[fold] / 2000 - share) < 0.06  # five standard deviations or more


def test_a_larger_test_fold_holds_the_smaller_one() -> None:
    larger = Split(group="film", test=0.3, validation=0.1)
    for key in (f"film {n}" for n in range(500)):
        if assign_fold(key, SHARES, 7) == "test":
            assert assign_fold(key, larger, 7) == "test"


def test_seeds_give_other_folds() -> None:
    keys = [f"film {n}" for n in range(200)]
    assert folds_alone(keys, SHARES, 1) != folds_alone(keys, SHARES, 2)


def test_groups_of_several_films_and_those_that_would_cross_folds_are_counted() -> None:
    train, other = (
        [key for key in map(str, range(99)) if assign_fold(key, SHARES, 7) == fold][:number]
        for fold, number in (("train", 3), ("test", 2))
    )
    keys = pa.array([*train, *other])
    groups = np.array([0, 0, 2, 2, 4])  # both in train, train and test, alone
    assert count_groups(keys, groups, SHARES, 7) == (2, 1)
    assert count_groups(keys, np.arange(len(keys)), SHARES, 7) == (0, 0)
    assert assign_folds(keys, groups, SHARES, 7).tolist() == [0, 0, 0, 0, FOLDS.index("test")]


def write_labelled(films: list[str]) -> pd.DataFrame:
    """Write data/labelled.parquet: two descriptions of each film, neighbours alike in title."""
    rows = pd.DataFrame({"film": [film for film in films for _ in "ab"]})
    rows = rows.assign(title=rows["film"].str[:-1], year=1999, text=[f"no {n}" for n in rows.index])
    Path("data").mkdir()
    rows.to_parquet("data/labelled.parquet")
    return rows


@pytest.mark.parametrize("group", ["film", "text"])
def test_nothing_is_lost_and_no_near_duplicates_are_in_two_folds(
    group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = write_labelled([f"film {n}" for n in range(100, 400)])
    split.main(params_with({"split.group": group}))
    written = pd.read_parquet("data/split.parquet")
    assert written.drop(columns="fold").equals(rows)
    assert set(written["fold"]) == set(FOLDS)
    assert (written.groupby("film")["fold"].nunique() == 1).all()
    parted = (written.groupby("title")["fold"].nunique() > 1).sum()
    assert parted == 0 if group == "text" else parted > 10
    assert ("30 groups of near-duplicate films" in capsys.readouterr().out) == (group == "text")


@pytest.mark.parametrize(
    ("group", "message"), [("film", "add films, or"), ("text", "only 1 groups of near-duplicates")]
)
def test_an_empty_fold_and_its_cause_are_reported(
    group: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_labelled(["film 1", "film 2"])
    with pytest.raises(UserError, match=rf"a fold is empty .* {message}"):
        split.main(params_with({"split.group": group}))
    assert [path.name for path in Path("data").iterdir()] == ["labelled.parquet"]
