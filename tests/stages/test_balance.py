"""Training classes become equal, validation rows are unchanged, and test rows are left out."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdb_genres.errors import UserError
from stages import balance
from stages.balance import balanced_rows
from tests.support.params import params_with

labels = st.lists(st.sampled_from(["Comedy", "Drama", "War"]), min_size=2, max_size=60)
STRATEGIES = ["downsample", "oversample", "none"]


@given(
    labels.filter(lambda some: len(set(some)) > 1), st.sampled_from(STRATEGIES), st.integers(0, 9)
)
def test_classes_are_made_equal(some: list[str], strategy: str, seed: int) -> None:
    rows = balanced_rows(np.array(some, object), strategy, seed)
    before, after = Counter(some), Counter(some[row] for row in rows)
    size = {"downsample": min, "oversample": max}.get(strategy)
    assert after == (dict.fromkeys(before, size(before.values())) if size else before)
    assert list(rows) == sorted(rows)
    times = Counter(rows.tolist())
    if strategy == "downsample":
        assert set(times.values()) == {1}
    else:
        assert len(times) == len(some)  # nothing is lost
    assert np.array_equal(rows, balanced_rows(np.array(some, object), strategy, seed))


def test_the_seed_chooses_the_rows() -> None:
    some = np.array(["Drama"] * 50 + ["War"] * 5, object)
    assert (
        balanced_rows(some, "downsample", 1).tolist()
        != balanced_rows(some, "downsample", 2).tolist()
    )


def write_split(folds: list[str], genres: list[str]) -> pd.DataFrame:
    films = [f"film {n}" for n in range(len(folds))]
    rows = pd.DataFrame({"film": films, "year": 1931, "label": genres, "fold": folds})
    rows["text"] = [f"a {genre} of its time" for genre in genres]
    rows["labels"] = [[genre] for genre in genres]
    Path("data").mkdir()
    rows.to_parquet("data/split.parquet")
    return pd.read_parquet("data/split.parquet")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_only_training_rows_are_repeated_or_lost(
    strategy: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    folds = ["train", "train", "test", "validation", "train"] * 20
    rows = write_split(folds, ["Drama", "Drama", "Drama", "War", "War"] * 20)
    balance.main(params_with({"balance.strategy": strategy}))
    balanced = pd.read_parquet("data/balanced.parquet")
    train = balanced["fold"] == "train"
    expected = {"downsample": 40, "oversample": 80, "none": 60}[strategy]
    assert train.sum() == expected
    order = rows["film"].tolist().index
    assert balanced["film"].map(order).is_monotonic_increasing
    validation = rows[rows["fold"] == "validation"]
    assert balanced["film"][~train].tolist() == validation["film"].tolist()
    assert set(balanced["fold"]) == {"train", "validation"}
    assert balanced.columns.tolist() == rows.columns.tolist()
    same = balanced.drop_duplicates("film").set_index("film").sort_index()
    pd.testing.assert_frame_equal(same, rows.set_index("film").loc[same.index])
    assert f"60 training descriptions -> {expected} ({strategy})" in capsys.readouterr().out


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_one_genre_in_training_is_an_error(
    strategy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_split(["train", "train", "test"], ["Drama", "Drama", "War"])
    with pytest.raises(UserError, match=r"the training fold contains only Drama"):
        balance.main(params_with({"balance.strategy": strategy}))
    assert not Path("data/balanced.parquet").exists()


def test_a_genre_without_a_training_film_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    genres = ["Drama", "War", "Comedy", "Horror"]
    write_split(["train", "train", "test", "validation"], genres)
    with pytest.raises(UserError, match=r"Comedy, Horror: .* no training film"):
        balance.main(params_with())


@pytest.mark.parametrize(("dramas", "warned"), [(5, True), (4, False)])
def test_a_notice_says_when_most_training_films_are_dropped(
    dramas: int,
    warned: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    genres = ["Drama"] * dramas + ["War", "Comedy"]
    write_split(["train"] * len(genres) + ["validation"], [*genres, "War"])
    balance.main(params_with())
    notice = capsys.readouterr().err
    assert bool(notice) == warned
    for part in ("57%", "balance.strategy", "label.min_films", "best") if warned else ():
        assert part in notice
    balance.main(params_with({"balance.strategy": "none", "label.strategy": "first"}))
    assert capsys.readouterr().err == ""
