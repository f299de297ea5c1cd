"""Predicts the genres of texts: `imdb-genres predict "A retired gunman rides into town"`."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import click

from imdb_genres.errors import UserError
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


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.option(
    "--file", type=click.Path(path_type=Path), help="A UTF-8 file with one text per line."
)
@click.option(
    "--model",
    default=str(MODEL),
    show_default=True,
    help="A folder, an MLflow model such as models:/imdb-genres@champion, or a run's name or id.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table with a column for each genre.")
@click.option("--top", type=click.IntRange(min=1), metavar="K", help="Show the K likeliest genres.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="P",
    help="Show genres with a probability of at least P.",
)
@click.option("--explain", is_flag=True, help="Show the words for and against each genre.")
def command(
    texts: tuple[str, ...],
    file: Path | None,
    model: str,
    as_json: bool,
    as_csv: bool,
    top: int | None,
    threshold: float,
    explain: bool,
) -> None:
    """Predict the genres of each TEXT, of each line of a file, or of each line of the input."""
    if texts and file:
        raise click.UsageError("give texts or --file, not both")
    if not (texts or file) and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError(
            "no text: give one in quotes, a --file, or one per line on the input"
        )
    if as_json and as_csv:
        raise click.UsageError("give --json or --csv, not both")
    if explain and as_csv:
        raise click.UsageError("--explain works with --json, not with --csv")
    printer = print_json if as_json else print_csv if as_csv else print_lines
    if not (top or threshold) and printer is print_lines:
        top = 3
    predictor = Predictor.load(find_model(model))
    options = DisplayOptions(top, threshold, explain)
    print_all(printer, predictor, read_texts(texts, file), options)


def print_all(
    printer: Printer, predictor: Predictor, texts: Iterable[str], options: DisplayOptions
) -> None:
    """Print the predictions; stop quietly when the reader closes the pipe."""
    try:
        printer(answer(predictor, texts, options), predictor.genres, sys.stdout)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise UserError(f"cannot write the predictions: {error.strerror}") from None


def read_texts(texts: tuple[str, ...], file: Path | None) -> Iterable[str]:
    """Return the texts; those of a file or of the input are read as they are needed."""
    if texts:
        return texts
    if file is None:
        return read_lines(sys.stdin.buffer, "the input")
    return read_file(file)


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
