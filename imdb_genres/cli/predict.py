"""Predicts the genres of texts: `imdb-genres predict "A retired gunman rides into town"`."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import click

from imdb_genres.cli.predict_request import Request, find_conflict
from imdb_genres.errors import UserError
from imdb_genres.inference.formats import Printer, print_csv, print_json, print_lines
from imdb_genres.inference.predictions import DisplayOptions, predict_texts
from imdb_genres.inference.predictor import Predictor
from imdb_genres.inference.text_input import read_texts
from imdb_genres.registry.find_model import find_best_model, find_model


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="A table (.csv, .tsv, .json, .jsonl or .parquet, also .gz), or a file with a text per line.",
)
@click.option(
    "--column",
    metavar="NAME",
    help="The table's column with the texts.  [default: text, plot, ...]",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Write the table to this file: .csv, .tsv, .jsonl or .parquet.",
)
@click.option(
    "--model",
    help="A folder, 'workspace', an MLflow model such as models:/imdb-genres@champion, or a run's "
    "name or id.  "
    "[default: the champion in MLflow, or this workspace's model if there is no champion or it has "
    "other genres]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a column for each genre.")
@click.option(
    "--top", type=click.IntRange(min=1), metavar="K", help="Show the K most probable genres."
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="P",
    help="Show genres with a probability of at least P.",
)
@click.option("--explain", is_flag=True, help="Show the words for and against each genre.")
def command(**options: Any) -> None:
    """Predict the genres of each TEXT, of each row of a table, or of each line of the input.

    A table is printed as CSV, or written to --output, with the predicted genres and probabilities
    as new columns. For a text of which the model knows too few words, the output says why it has no
    genre.

    \b
    Examples:
      imdb-genres predict "A retired gunman rides back into town."
      imdb-genres predict --file films.csv --column plot --output with-genres.csv
      imdb-genres predict --explain --top 1 < one-text-per-line.txt
    """
    request = Request(**options)
    if problem := find_conflict(request):
        raise click.UsageError(problem)
    predictor = load_model(request.model)
    with writing_errors():
        if request.file and request.is_table:
            predict_table(predictor, request, request.file)
        else:
            predict_lines(predictor, request)
        sys.stdout.flush()


def load_model(name: str | None) -> Predictor:
    """Return the model of that name; by default the best one, whose name goes to stderr."""
    if name is not None:
        return Predictor.load(find_model(name))
    best = find_best_model()
    print(f"predict: using {best.title} (--model {best.name})", file=sys.stderr)
    return Predictor.load(best.folder)


def predict_table(predictor: Predictor, request: Request, path: Path) -> None:
    """Write the table at ``path`` with predictions added to its rows."""
    # Arrow's import takes a quarter of a second
    from imdb_genres.inference import table_output, tables

    options = DisplayOptions(request.top, request.threshold)
    rows = tables.predict_table(predictor, path, request.column, options)
    if request.output:
        table_output.write_table(rows, request.output, path)
        print(f"predict: wrote {request.output}", file=sys.stderr)
        return
    use_utf8(sys.stdout)
    table_output.print_table(rows, ".jsonl" if request.as_json else ".csv", sys.stdout)


def predict_lines(predictor: Predictor, request: Request) -> None:
    """Print the predictions for texts of the command line, a file or standard input."""
    printer: Printer = print_lines
    top = request.top
    if request.as_json or request.as_csv:
        printer = print_json if request.as_json else print_csv
        use_utf8(sys.stdout)
    elif not request.threshold:
        top = top or 3
    options = DisplayOptions(top, request.threshold, request.explain)
    predictions = predict_texts(predictor, read_texts(request.texts, request.file), options)
    printer(predictions, predictor.genres, sys.stdout)


def use_utf8(file: TextIO) -> None:
    """Switch ``file`` to UTF-8 regardless of the locale, since programs read it."""
    if isinstance(file, TextIOWrapper):
        file.reconfigure(encoding="utf-8")


@contextmanager
def writing_errors() -> Iterator[None]:
    """Turn a write error into a message; stop quietly when the reader closes the pipe."""
    try:
        yield
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise UserError(f"cannot write the predictions: {error.strerror}") from None
