"""What differs between two runs is named."""

from stages.repository.lock import parse_lock
from stages.verify import differences

LOCK = """
stages:
  parse:
    outs:
    - {path: data/films.parquet, md5: a}
  train:
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
