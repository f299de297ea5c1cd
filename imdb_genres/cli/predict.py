"""Names the genres of any text: ``python -m imdb_genres.cli.predict "A retired gunman rides into town"``."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from imdb_genres.errors import UserError, exit_on_user_error
from imdb_genres.inference.predictions import (
    DisplayOptions,
    Printer,
    answer,
    print_csv,
    print_json,
    print_lines,
)
from imdb_genres.inference.predictor import Predictor
from imdb_genres.paths import MODEL
from imdb_genres.registry.find_model import find_model

LONGEST_LINE = 100_000_000  # bytes


def main() -> None:
    """Answer what the command line asks."""
    options = parse_options()
    with exit_on_user_error("predict"):
        predictor = Predictor.load(find_model(options.model))
        answers = answer(predictor, texts_of(options), wanted(options))
        printer: Printer = options.printer or print_lines
        try:
            printer(answers, predictor.genres, sys.stdout)
            sys.stdout.flush()
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not isinstance(error, BrokenPipeError):  # `| head` has seen enough
                raise UserError(f"the answers cannot be written: {error.strerror}") from None


def parse_options() -> argparse.Namespace:
    """Return the command line's options; end with status 2 where they make no sense."""
    parser = argparse.ArgumentParser(
        prog="python -m imdb_genres.cli.predict",
        description="Names the genres of texts: of each TEXT, or of each line of a file or of the input.",
    )
    parser.add_argument("texts", nargs="*", metavar="TEXT")
    parser.add_argument("--file", type=Path, help="a UTF-8 file with one text a line")
    parser.add_argument(
        "--model",
        default=str(MODEL),
        help="a folder, an MLflow model such as models:/imdb-genres@champion, or a run's name or id",
    )
    form = parser.add_mutually_exclusive_group()
    for name, printer, text in (
        ("--json", print_json, "an object a line"),
        ("--csv", print_csv, "a table with a column for each genre"),
    ):
        form.add_argument(
            name, dest="printer", action="store_const", const=printer, help=f"print {text}"
        )
    parser.add_argument("--top", type=int, metavar="K", help="show the K likeliest genres only")
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="P",
        default=0.0,
        help="show genres from the probability P on",
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="show the words that speak for each genre, and those against it",
    )
    options = parser.parse_args()
    if problem := _problem(options):
        parser.error(problem)
    return options


def _problem(options: argparse.Namespace) -> str | None:
    if options.texts and options.file:
        return "give texts or --file, not both"
    if not (options.texts or options.file) and (sys.stdin is None or sys.stdin.isatty()):
        return "there is no text: give one in quotes, a --file, or one a line on the input"
    if options.top is not None and options.top < 1:
        return f"--top must be 1 or more, not {options.top}"
    if not 0 <= options.threshold <= 1:
        return f"--threshold must be between 0 and 1, not {options.threshold}"
    if options.explain and options.printer is print_csv:
        return "--explain goes with --json, not with --csv"
    return None


def wanted(options: argparse.Namespace) -> DisplayOptions:
    """Return what to show: of a table everything, of lines to read the top three, if not said."""
    top = options.top or (None if options.printer or options.threshold else 3)
    return DisplayOptions(top, options.threshold, options.explain)


def texts_of(options: argparse.Namespace) -> Iterable[str]:
    """Return the texts, those of a file read as they are needed."""
    if options.texts:
        return list(options.texts)
    if options.file is None:
        return read_lines(sys.stdin.buffer, "the input")
    return read_file(options.file)


def read_file(path: Path) -> Iterator[str]:
    """Yield the lines of a file; raise UserError if it cannot be read."""
    try:
        with path.open("rb") as file:
            yield from read_lines(file, str(path))
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None


def read_lines(file: BinaryIO, name: str) -> Iterator[str]:
    """Yield each line, empty ones too, so that the n-th answer is the n-th line's."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise UserError(f"{name}, line {number} is longer than {LONGEST_LINE:,} bytes")
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise UserError(
                f"{name}, line {number} is not UTF-8 text: byte 0x{line[error.start]:02x} at column "
                f"{error.start + 1}"
            ) from None


if __name__ == "__main__":
    main()
