"""The command predicts for arguments, files and pipes, and prints text, JSON and CSV."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from imdb_genres.errors import UserError
from imdb_genres.inference.text_input import refuse_header
from imdb_genres.registry.find_model import FoundModel
from tests.support import commands
from tests.support.model_folders import make_model

ROOT = Path(__file__).parents[2]
PREDICT = [sys.executable, "-m", "imdb_genres.cli", "predict", "--model"]
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


def test_a_text_gets_its_most_probable_genres(run: Predict) -> None:
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


def test_json_has_an_object_for_each_text(run: Predict) -> None:
    answers = [json.loads(line) for line in run(GUNMAN, "", "--json", "--explain").splitlines()]
    assert answers[0]["genre"] == "Western"
    assert list(answers[0]["probabilities"]) == ["Western", "Horror", "Comedy"]
    assert answers[0]["words"]["Horror"]["ghost"] > 1
    assert answers[1]["genre"] is None and "empty" in answers[1]["cannot_tell"]


def test_csv_has_a_column_for_each_genre(run: Predict) -> None:
    rows = list(csv.DictReader(io.StringIO(run(GUNMAN, "ghost", "--csv", "--top", "1"))))
    assert [row["genre"] for row in rows] == ["Western", "Horror"]
    assert rows[0]["Comedy"] == "" and float(rows[0]["Western"]) > 0.8


def test_a_threshold_shows_only_what_is_likely(run: Predict) -> None:
    assert "Horror" not in run(GUNMAN, "--threshold", "0.5")
    assert "no genre reaches the threshold" in run(GUNMAN, "--threshold", "0.9")


def test_a_table_comes_back_with_predictions_and_says_where(run: Predict) -> None:
    Path("films.csv").write_text("title,plot\nThe Ghost,A ghost in a cellar.\nNo,\n")
    [ghost, empty] = csv.DictReader(io.StringIO(run("--file", "films.csv", "--column", "plot")))
    assert (ghost["title"], ghost["predicted_genre"]) == ("The Ghost", "Horror")
    assert empty["predicted_genre"] == "" and "empty" in empty["cannot_tell"]
    rows = run("--file", "films.csv", "--column", "plot", "--json", "--top", "1").splitlines()
    assert json.loads(rows[0])["probability_Western"] is None
    run("--file", "films.csv", "--column", "plot", "--output", "out.tsv")
    assert Path("out.tsv").read_text().startswith("title\tplot\tpredicted_genre\t")


@pytest.mark.parametrize(
    ("line", "is_header"),
    [
        ("title,year,text,genres", True),
        ("id;plot", True),
        ("Title\tOverview", True),
        ("A title, a plot, and a text", False),
        ("Love, war and death", False),
        ("text", False),
    ],
)
def test_the_header_of_a_table_is_no_text(line: str, is_header: bool) -> None:
    if is_header:
        with pytest.raises(UserError, match="--column"):
            refuse_header(line, "films.txt")
    else:
        refuse_header(line, "films.txt")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_terminal_of_any_encoding_shows_the_same_genres(workspace: Path, encoding: str) -> None:
    text = "Ein Gespenst für Żaneta: 西部劇 ghost"
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    command = [*PREDICT, str(workspace / "model"), text]
    answered = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert b"Horror" in answered.stdout.splitlines()[1]


def test_a_c_locale_predicts_the_same(workspace: Path) -> None:
    vocabulary = workspace / "model" / "vocabulary.txt"
    vocabulary.write_text(vocabulary.read_text("utf-8").replace("ghost", "spükt"), "utf-8")
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [*PREDICT, str(workspace / "model"), "--json", "Es SPÜKT"]
    answered = subprocess.run(
        command, cwd=ROOT, env=os.environ | locale, capture_output=True, check=True
    )
    assert json.loads(answered.stdout)["genre"] == "Horror"


def test_the_champion_answers_where_no_model_is_named(
    run: Predict, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    champion = FoundModel(make_model(Path("other"), weight=5), "models:/imdb-genres/7", "version 7")
    monkeypatch.setattr("imdb_genres.cli.predict.find_best_model", lambda: champion)
    _, out, err = commands.run(capsys, "predict", "ghost", "--top", "1")
    assert out.split()[-1] == "0.987" and "models:/imdb-genres/7" in err


def test_a_file_gets_a_prediction_for_each_line_in_order(run: Predict) -> None:
    Path("texts.txt").write_bytes(b"\xef\xbb\xbfa ghost\r\n\na clumsy waiter")
    rows = run("--file", "texts.txt", "--json").splitlines()
    assert [json.loads(row)["genre"] for row in rows] == ["Horror", None, "Comedy"]


def test_thousands_of_lines_come_through_a_pipe(workspace: Path) -> None:
    command = [*PREDICT, str(workspace / "model"), "--csv"]
    texts = "a ghost\na sheriff\n" * 5000
    answered = subprocess.run(command, cwd=ROOT, input=texts, capture_output=True, text=True)
    genres = [line.split(",")[0] for line in answered.stdout.splitlines()]
    assert genres == ["genre", *["Horror", "Western"] * 5000]


def test_a_reader_that_leaves_early_is_no_error(workspace: Path) -> None:
    command = f"yes ghost | head -n 20000 | {sys.executable} -m imdb_genres.cli predict --model {workspace / 'model'} | head -n 1"
    answered = subprocess.run(command, cwd=ROOT, shell=True, capture_output=True, text=True)
    assert answered.stdout == "ghost\n" and answered.stderr == ""


def test_a_full_disk_is_a_one_line_error(workspace: Path) -> None:
    command = [*PREDICT, str(workspace / "model"), "x"]
    with Path("/dev/full").open("w") as full:
        answered = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
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
        (("--file", "films.csv", "--output", "a.csv", "--json"), "leave out --json and --csv"),
        (("--file", "films.csv", "--output", "./films.csv"), "--output is the table itself"),
        (("--file", "films.csv", "--output", "no/a.csv"), "--output: there is no folder no"),
        (("--file", "texts.txt", "x"), "give texts or --file, not both"),
        (("--column", "plot", "x"), "--column and --output need a table"),
        (("--file", "films.csv.gz", "--explain"), "--explain does not work with tables"),
        (("--file", "films.csv", "--column", "plt"), "no column 'plt' (--column) (did you"),
        (("--file", "films.txt"), "looks like a table with the columns title, plot"),
        (("--file", "nowhere.txt"), "nowhere.txt cannot be read: No such file or directory"),
        (("--file", "nowhere.csv"), "nowhere.csv cannot be read: No such file or directory"),
        (("--file", "model", "--column", "x"), "model cannot be read: Is a directory"),
        (("--file", "model"), "model cannot be read: Is a directory"),
        (("--file", "latin.txt"), "latin.txt, line 2 is not UTF-8 text: byte 0xe9 at column 4"),
        (("--explain", "ghost " * 20_000), "at most 100,000"),
        (("--model", ".", "x"), ". is not a model: a model is a folder with model.json in it"),
        (("--model", "latin.txt", "x"), "latin.txt is not a model: a model is a folder with"),
        (("--model", "x" * 5000, "x"), "cannot be read: File name too long"),
    ],
)
def test_invalid_values_are_user_errors(
    run: Predict, arguments: tuple[str, ...], message: str
) -> None:
    Path("latin.txt").write_bytes(b"a ghost\ncaf\xe9\n")
    for name in ("films.csv", "films.txt"):
        Path(name).write_text("title,plot\nThe Ghost,A ghost in a cellar.\n")
    assert message in run.refused(*arguments)


def test_without_a_model_it_says_how_to_get_one(
    run: Predict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert run.refused("x").startswith("predict: there is no model yet: run `make repro`")
