"""Runs `imdb-genres` in the test's own process."""

import pytest

from imdb_genres.cli.__main__ import cli


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return the exit status of `imdb-genres ARGUMENTS` and what it wrote to stdout and stderr."""
    with pytest.raises(SystemExit) as end:
        cli(list(arguments), prog_name="imdb-genres")
    out, err = capsys.readouterr()
    if isinstance(end.value.code, str):  # Python would print it to stderr and exit with 1
        return 1, out, err + end.value.code + "\n"
    return end.value.code or 0, out, err
