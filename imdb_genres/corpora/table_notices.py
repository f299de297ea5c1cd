"""What looks wrong in a table as a whole: reported, not repaired."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from imdb_genres.corpora.genre_names import GenreSpellings
from imdb_genres.corpora.unspaced_text import unspaced_notice
from imdb_genres.errors import shorten

ODD_NAME = re.compile(r"""[\[\]{}|]|^[("']|["']$|^\d+$""")
POSSIBLE_SEPARATORS = ",;/"
MANY_GENRES = 50


def genre_notices(spellings: GenreSpellings, separator: str, num_films: int) -> Iterator[str]:
    """Yield notices on names that may not be genres, and on spellings that were merged."""
    names = spellings.names()
    if odd := [name for name in names if ODD_NAME.search(name)]:
        yield (
            f"{len(odd)} genre names hold a bracket, a brace, a quote or '|', or are numbers: "
            f"{examples(odd, names)}; parse.table.separator is {separator!r}, is that right?"
        )
    for sign in POSSIBLE_SEPARATORS:
        if compound := [name for name in names if sign in name and name not in odd]:
            yield (
                f"{len(compound)} genre names hold {sign!r}: {examples(compound, names)}; if it "
                f"stands between genres, set parse.table.separator to {sign!r}"
            )
    if len(names) > MANY_GENRES and len(names) * 5 > num_films:
        yield (
            f"{len(names)} different genres in {num_films} descriptions: {examples(names, names)}; are "
            f"parse.table.genres and parse.table.separator ({separator!r}) right?"
        )
    if variants := spellings.variants():
        merged = (f"{name} (also {shorten(map(repr, v), 3)})" for name, v in variants.items())
        yield f"merged different spellings of a genre: {shorten(merged, 5, width=80)}"


def text_notices(num_texts: int, num_distinct: int, num_unspaced: int) -> Iterator[str]:
    """Yield notices on texts that repeat and on texts without spaces."""
    if num_texts and num_distinct * 2 <= num_texts:
        yield (
            f"{num_texts} descriptions hold only {num_distinct} different texts; films with the "
            "same text cannot be told apart: is parse.table.text the right column?"
        )
    if notice := unspaced_notice(num_texts, num_unspaced):
        yield notice


def key_notices(num_texts: int, num_films: int, key_column: str | None) -> Iterator[str]:
    """Yield a notice on rows that count as one film because they share title and year."""
    if key_column is None and num_films < num_texts:
        yield (
            f"{num_texts} descriptions of {num_films} films: those with the same title and year "
            "count as one film; if they are not, name a column with a key in parse.table.film"
        )


def examples(names: Iterable[str], counts: Counter[str]) -> str:
    """Return the most frequent of ``names``, as part of a message."""
    ranked = sorted(names, key=lambda name: -counts[name])
    return shorten((f"{name!r} ({counts[name]})" for name in ranked), 3)
