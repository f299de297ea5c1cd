"""The command line answers for arguments, files and pipes, as text, JSON and CSV."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import commands
from tests.support.model_folders import make_model

GUNMAN = "A retired gunman and a sheriff, with a ghost"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_model(tmp_path / "model")
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Predict:
    """Runs `imdb-genres predict` in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> str:
        status, out, err = commands.run(self.capsys, "predict", *arguments)
        assert status == 0, err
        return out

    def refused(self, *arguments: str) -> str:
        status, _, err = commands.run(self.capsys, "predict", *arguments)
        assert status != 0 and "Traceback" not in err
        return err


@pytest.fixture
def run(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Predict:
    return Predict(capsys)


def test_a_text_gets_its_likeliest_genres(run: Predict) -> None:
    lines = run(GUNMAN).splitlines()
    assert lines[0] == GUNMAN
    assert [line.split() for line in lines[1:]] == [
        ["Western", "0.867"],
        ["Horror", "0.117"],
        ["Comedy", "0.016"],
    ]


def test_words_for_and_against_are_explained(run: Predict) -> None:
    western, horror = run(GUNMAN, "--explain", "--top", "2").splitlines()[1:]
    assert "for: gunman +" in western and "sheriff +" in western and "against: ghost -" in western
    assert "for: ghost +" in horror and "retired" not in western


def test_json_has_an_object_a_text(run: Predict) -> None:
    answers = [json.loads(line) for line in run(GUNMAN, "", "--json", "--explain").splitlines()]
    assert answers[0]["genre"] == "Western"
    assert list(answers[0]["probabilities"]) == ["Western", "Horror", "Comedy"]
    assert answers[0]["words"]["Horror"]["ghost"] > 1
    assert answers[1]["words"]["Horror"] == {}


def test_csv_has_a_column_a_genre(run: Predict) -> None:
    rows = list(csv.DictReader(io.StringIO(run(GUNMAN, "ghost", "--csv", "--top", "1"))))
    assert [row["genre"] for row in rows] == ["Western", "Horror"]
    assert rows[0]["Comedy"] == "" and float(rows[0]["Western"]) > 0.8


def test_a_threshold_shows_only_what_is_likely(run: Predict) -> None:
    assert "Horror" not in run(GUNMAN, "--threshold", "0.5")
    assert "no genre is likely enough" in run("", "--threshold", "0.9")


def test_a_file_gives_an_answer_for_each_line_in_order(run: Predict) -> None:
    Path("texts.txt").write_bytes(b"\xef\xbb\xbfa ghost\r\n\na clumsy waiter")
    rows = run("--file", "texts.txt", "--json").splitlines()
    assert [json.loads(row)["genre"] for row in rows] == ["Horror", "Comedy", "Comedy"]


def test_thousands_of_lines_come_through_a_pipe(workspace: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "imdb_genres.cli",
        "predict",
        "--csv",
        "--model",
        str(workspace / "model"),
    ]
    texts = "a ghost\na sheriff\n" * 5000
    root = Path(__file__).parents[2]
    answered = subprocess.run(command, cwd=root, input=texts, capture_output=True, text=True)
    genres = [line.split(",")[0] for line in answered.stdout.splitlines()]
    assert genres == ["genre", *["Horror", "Western"] * 5000]


def test_a_reader_that_leaves_early_is_no_error(workspace: Path) -> None:
    command = f"yes ghost | head -n 20000 | {sys.executable} -m imdb_genres.cli predict --model {workspace / 'model'} | head -n 1"
    root = Path(__file__).parents[2]
    answered = subprocess.run(command, cwd=root, shell=True, capture_output=True, text=True)
    assert answered.stdout == "ghost\n" and answered.stderr == ""


def test_a_full_disk_is_told_in_a_sentence(workspace: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "imdb_genres.cli",
        "predict",
        "--model",
        str(workspace / "model"),
        "x",
    ]
    root = Path(__file__).parents[2]
    with Path("/dev/full").open("w") as full:
        answered = subprocess.run(command, cwd=root, stdout=full, stderr=subprocess.PIPE, text=True)
    assert answered.stderr == "predict: cannot write the predictions: No space left on device\n"


def test_hostile_texts_print_no_control_characters(run: Predict) -> None:
    printed = run("\x1b[31mred\x07\0 <b>", "\udcff\u202e", "ghost " * 1_000_000)
    assert printed.replace("\n", "").isprintable() and "?[31mred?? <b>" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--top", "0", "x"), "0 is not in the range x>=1"),
        (("--threshold", "1.5", "x"), "1.5 is not in the range 0<=x<=1"),
        (("--threshold", "half", "x"), "'half' is not a valid float"),
        (("--csv", "--explain", "x"), "--explain works with --json, not with --csv"),
        (("--csv", "--json", "x"), "give --json or --csv, not both"),
        (("--file", "texts.txt", "x"), "give texts or --file, not both"),
        (("--file", "nowhere.txt"), "nowhere.txt cannot be read: No such file or directory"),
        (("--file", "model"), "model cannot be read: Is a directory"),
        (("--file", "latin.txt"), "latin.txt, line 2 is not UTF-8 text: byte 0xe9 at column 4"),
        (("--explain", "x" * 100_001), "100,000 are the most"),
        (("--model", ".", "x"), ". is no model: a model is a folder with model.json in it"),
        (("--model", "latin.txt", "x"), "latin.txt is no model: a model is a folder with"),
        (("--model", "x" * 5000, "x"), "cannot be read: File name too long"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(
    run: Predict, arguments: tuple[str, ...], message: str
) -> None:
    Path("latin.txt").write_bytes(b"a ghost\ncaf\xe9\n")
    assert message in run.refused(*arguments)


def test_without_a_model_it_says_how_to_get_one(
    run: Predict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert run.refused("x").startswith("predict: there is no model yet: run `make repro`")
