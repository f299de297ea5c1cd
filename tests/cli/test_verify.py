"""What differs between two runs is named."""

from imdb_genres.cli.verify import compare_with_commit, differences, hash_table
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
    other_digits = parse_lock(LOCK.replace("b.dir", "x.dir"))
    older_code = parse_lock(LOCK.replace("b.dir", "x.dir").replace("md5: t", "md5: u"))
    messages = [compare_with_commit(made, lock) for lock in (made, other_digits, older_code, {})]
    assert len(set(messages)) == 4
    assert ["model (train)" in message for message in messages] == [False, True, True, False]


def test_the_table_has_a_row_for_each_output_and_a_column_for_each_environment() -> None:
    other = parse_lock(LOCK.replace("b.dir", "x.dir"))
    rows = hash_table({"plain": parse_lock(LOCK), "contrary": other}).splitlines()
    assert rows[0] == "| output | plain | contrary |"
    assert "| model | b.dir | x.dir |" in rows and len(rows) == 5
