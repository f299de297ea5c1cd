"""`imdb-genres` lists its commands, imports only the one that runs, and reports errors in one line."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from imdb_genres import __version__
from imdb_genres.cli import __main__ as cli_module
from imdb_genres.cli.__main__ import COMMANDS, cli
from imdb_genres.errors import UserError
from tests.support import commands

ROOT = Path(__file__).parents[2]
SLOW = {"mlflow", "tensorflow", "pandas", "sklearn", "dvc", "fastapi", "numpy"}


def test_help_has_a_line_for_each_command(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = commands.run(capsys, "--help")
    assert status == 0
    for name, line in COMMANDS.items():
        assert any(printed.split() == [name, *line.split()] for printed in out.splitlines())


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = commands.run(capsys, name, "--help")
    assert status == 0 and out.startswith(f"Usage: imdb-genres {name}")
    command = cli.get_command(click.Context(cli), name)
    assert command and command.help
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert all(option.help for option in options)


def test_each_module_with_a_command_is_listed() -> None:
    modules = (ROOT / "imdb_genres" / "cli").glob("*.py")
    commands = {path.stem for path in modules if "\ndef command(" in path.read_text("utf-8")}
    assert commands == {name.replace("-", "_") for name in COMMANDS}


def test_the_list_of_commands_imports_none_of_them() -> None:
    code = "import sys, imdb_genres.cli.__main__; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not SLOW & set(loaded.split())


def test_the_shell_completes_commands_without_importing_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_module, "import_module", pytest.fail)
    for name, value in {
        "_IMDB_GENRES_COMPLETE": "bash_complete",
        "COMP_WORDS": "imdb-genres p",
        "COMP_CWORD": "1",
    }.items():
        monkeypatch.setenv(name, value)
    status, out, _ = commands.run(capsys)
    assert status == 0 and out.split() == ["plain,predict", "plain,plots-page"]


@pytest.mark.parametrize(
    ("command", "names"), [("experiments", ["plain,tall"]), ("search", ["plain,tuned"])]
)
def test_the_shell_completes_the_recipes_that_a_command_runs(
    command: str,
    names: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("experiments.yaml").write_text("tall: {}\ntuned: {search: {}}\nwide: {}\n")
    monkeypatch.setenv("_IMDB_GENRES_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"imdb-genres {command} t")
    monkeypatch.setenv("COMP_CWORD", "2")
    status, out, _ = commands.run(capsys)
    assert status == 0 and out.split() == names


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run(capsys, "--version")[:2] == (0, f"imdb-genres, version {__version__}\n")


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [(UserError("no such film"), 1, "verify: no such film\n"), (KeyboardInterrupt(), 130, "")],
)
def test_an_error_of_the_users_is_one_message(
    error: BaseException,
    status: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @click.command()
    def fail() -> None:
        raise error

    monkeypatch.setattr(
        cli_module, "import_module", lambda _: type("Module", (), {"command": fail})
    )
    assert commands.run(capsys, "verify") == (status, "", message)


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = commands.run(capsys, "predcit")
    assert status == 2 and "predcit" in err and "predict" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("ui", "--port", "0"),
        ("demo", "--port", "99999"),
        ("search", "best", "-j", "0"),
        ("experiments", "-j", "0"),
    ],
)
def test_a_number_out_of_range_is_a_usage_error(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = commands.run(capsys, *arguments)
    assert status == 2 and f"{arguments[-1]} is not in the range" in err


def test_a_command_that_has_moved_says_where_it_is() -> None:
    command = [sys.executable, "-m", "stages.predict", "A ghost"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr == "`python -m stages.predict` is now `imdb-genres predict`\n"
