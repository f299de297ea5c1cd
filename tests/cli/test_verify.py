"""Outputs that depend on the environment are found, and named."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from imdb_genres.cli.environments import list_environments
from imdb_genres.cli.verify import command, compare_with_commit, differences, hash_table
from imdb_genres.dvc_repo.git import git
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


STAGE = """
import os, pathlib, sys
text = pathlib.Path("text.txt").read_bytes()
pathlib.Path("same.txt").write_bytes(text)
umask = os.umask(0)
names = "OPENBLAS_CORETYPE", "KERAS_HOME", "TF_XLA_FLAGS", "CUDA_VISIBLE_DEVICES", "TZ"
pathlib.Path("other.txt").write_text(f"{umask} {[os.environ.get(name) for name in names]}")
"""
DVC_YAML = "stages: {write: {cmd: python write.py, deps: [text.txt], outs: [same.txt, other.txt]}}"


@pytest.mark.slow
def test_an_output_that_depends_on_the_environment_is_found_in_a_folder_of_a_bigger_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "repository" / "project"
    (project / ".dvc").mkdir(parents=True)
    files = {"write.py": STAGE, "dvc.yaml": DVC_YAML, "text.txt": "a\n", ".dvc/config": ""}
    for name, content in {**files, ".gitattributes": "* -text\n"}.items():
        (project / name).write_text(content)
    git("init", "--quiet", str(tmp_path / "repository"))
    git("add", ".", folder=project)
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    git(*identity, "commit", "--quiet", "--message=a", folder=project)
    monkeypatch.chdir(project)
    result = CliRunner().invoke(command)
    assert "other.txt (write)" in str(result.exception)
    assert "same.txt (write)" not in str(result.exception)
    assert "| same.txt | " in result.output


def test_the_two_environments_differ_in_everything_that_may_matter(tmp_path: Path) -> None:
    environments = list_environments()
    plain, contrary = environments["plain"], environments["contrary"]
    one, other = plain.prepare(tmp_path / "plain"), contrary.prepare(tmp_path / "contrary")
    different = {name for name in one | other if one.get(name) != other.get(name)}
    assert different >= {
        "CUDA_VISIBLE_DEVICES",
        "KERAS_HOME",
        "LC_ALL",
        "NPY_DISABLE_CPU_FEATURES",
        "OMP_NUM_THREADS",
        "OPENBLAS_CORETYPE",
        "PYTHONHASHSEED",
        "TF_ENABLE_ONEDNN_OPTS",
        "TF_XLA_FLAGS",
        "TZ",
        "USER",
    }
    assert plain.umask != contrary.umask and "core.autocrlf" in contrary.git_config
    assert "float64" in (tmp_path / "contrary" / "keras.json").read_text()
