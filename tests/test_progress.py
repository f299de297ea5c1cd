"""A bar is drawn on a terminal, also where the terminal does not know its width."""

import os
import pty
import subprocess
import sys

BARS = "from imdb_genres.progress import progress_bar\nwith progress_bar(total=3) as bar: bar.update(3)"


def test_a_terminal_without_a_width_shows_the_bar() -> None:
    ours, theirs = pty.openpty()  # its width is 0
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    subprocess.run([sys.executable, "-c", BARS], stderr=theirs, env=environment, check=True)
    assert b"3/3" in os.read(ours, 10_000)
    os.close(theirs)
    os.close(ours)


def test_a_file_shows_none() -> None:
    result = subprocess.run([sys.executable, "-c", BARS], capture_output=True, check=True)
    assert result.stderr == b""
