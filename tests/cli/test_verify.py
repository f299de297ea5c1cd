"""What differs between two runs is named."""

from imdb_genres.cli.verify import compare_with_commit, differences
from imdb_genres.dvc_repo.lockfile import parse_lock

LOCK = """
stages:
  parse:
    outs:
    - {path: data/films.parquet, md5: a}
  train:
    deps:
    - {path: stages/train.py, md5: t}
    outs:
    - {path: model, md5: b.dir}
    - {path: metrics/history.csv, md5: c}
"""


def test_equal_runs_differ_in_nothing() -> None:
    assert differences(parse_lock(LOCK), parse_lock(LOCK)) == []


def test_every_other_output_is_named_with_its_stage() -> None:
    other = LOCK.replace("b.dir", "x.dir").replace("md5: c", "md5: y")
    expected = ["model (train)", "metrics/history.csv (train)"]
    assert differences(parse_lock(LOCK), parse_lock(other)) == expected


def test_the_committed_lock_is_compared_too() -> None:
    made = parse_lock(LOCK)
    assert compare_with_commit(made, made) == "the committed dvc.lock has the same"
    other_digits = parse_lock(LOCK.replace("b.dir", "x.dir"))
    told = compare_with_commit(made, other_digits)
    assert "differs in model (train); train read the same, so this machine" in told
    older_code = parse_lock(LOCK.replace("b.dir", "x.dir").replace("md5: t", "md5: u"))
    assert "train read other files or parameters then" in compare_with_commit(made, older_code)
    assert "no dvc.lock is committed" in compare_with_commit(made, {})
