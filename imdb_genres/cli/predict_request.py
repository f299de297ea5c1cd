"""The options of `imdb-genres predict`, and which of them conflict."""

import sys
from dataclasses import dataclass
from pathlib import Path

from imdb_genres.inference.text_input import TABLE_SUFFIXES


@dataclass(frozen=True)
class Request:
    """The options of the command line."""

    texts: tuple[str, ...]
    file: Path | None
    column: str | None
    output: Path | None
    model: str | None
    as_json: bool
    as_csv: bool
    top: int | None
    threshold: float
    explain: bool

    @property
    def is_table(self) -> bool:
        """Whether the file is read as a table."""
        if self.file is None:
            return False
        suffixes = {suffix.lower() for suffix in self.file.suffixes}
        return self.column is not None or bool(suffixes & TABLE_SUFFIXES)

    @property
    def overwrites_file(self) -> bool:
        """Whether the output would replace the table that is read."""
        if self.file is None or self.output is None:
            return False
        return self.file.resolve() == self.output.resolve()


def find_conflict(request: Request) -> str | None:
    """Return why the options do not go together, or None if they do."""
    stdin_has_texts = sys.stdin is not None and not sys.stdin.isatty()
    has_texts = request.texts or request.file or stdin_has_texts
    needs_table = request.column or request.output
    conflicts = {
        "give texts or --file, not both": request.texts and request.file,
        "no text: give one in quotes, a --file, or one per line on the input": not has_texts,
        "give --json or --csv, not both": request.as_json and request.as_csv,
        "--explain works with --json, not with --csv": request.explain and request.as_csv,
        "--explain does not work with tables": request.explain and request.is_table,
        "--column and --output need a table: --file NAME.csv, .tsv, .jsonl or .parquet": (
            needs_table and not request.is_table
        ),
        "--output takes its format from the file's name: leave out --json and --csv": (
            request.output and (request.as_json or request.as_csv)
        ),
        "--output is the table itself: give another name": request.overwrites_file,
        f"--output: there is no folder {request.output and request.output.parent}": (
            request.output and not request.output.parent.is_dir()
        ),
    }
    return next((problem for problem, found in conflicts.items() if found), None)
