"""Notices on what looks wrong with a table; nothing is repaired."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from imdb_genres.corpora.genre_names import GenreSpellings
from imdb_genres.errors import shorten

ODD_NAME = re.compile(r"""[\[\]{}|]|^[("']|["']$|^\d+$""")
POSSIBLE_SEPARATORS = ",;/"
MANY_GENRES = 50
# Thai and Lao, Burmese, Khmer, kana, Han: scripts without spaces between words
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]{8,}"
)
SAMPLE_SIZE = 200  # characters of a text that are searched


def is_unspaced(text: str) -> bool:
    """Return whether ``text`` is written without spaces: longer runs of such a script than words."""
    return not text.isascii() and bool(UNSPACED.search(text[:SAMPLE_SIZE]))


def genre_notices(spellings: GenreSpellings, separator: str, num_films: int) -> Iterator[str]:
    """Yield notices on names that may not be genres, and on spellings that were merged."""
    names = spellings.names()
    if odd := [name for name in names if ODD_NAME.search(name)]:
        yield (
            f"{len(odd)} genre names hold a bracket, a brace, a quote or '|', or are numbers: "
            f"{examples(odd, names)}; parse.table.separator is {separator!r}, is that right?"
        )
    for other in POSSIBLE_SEPARATORS:
        if compound := [name for name in names if other in name and name not in odd]:
            yield (
                f"{len(compound)} genre names hold {other!r}: {examples(compound, names)}; if it "
                f"stands between genres, set parse.table.separator to {other!r}"
            )
    if len(names) > MANY_GENRES and len(names) * 5 > num_films:
        yield (
            f"{len(names)} different genres in {num_films} descriptions: {examples(names, names)}; are "
            f"parse.table.genres and parse.table.separator ({separator!r}) right?"
        )
    if variants := spellings.variants():
        merged = [
            f"{name} (also {shorten(map(repr, others), 3)})" for name, others in variants.items()
        ]
        yield f"merged different spellings of a genre: {shorten(merged, 5, width=80)}"


def text_notices(num_texts: int, num_distinct: int, num_unspaced: int) -> Iterator[str]:
    """Yield notices on texts that repeat and on texts without spaces."""
    if num_texts and num_distinct * 2 <= num_texts:
        yield (
            f"{num_texts} descriptions hold only {num_distinct} different texts; films with the "
            "same text cannot be told apart: is parse.table.text the right column?"
        )
    if num_unspaced and num_unspaced * 10 >= num_texts:
        yield (
            f"{num_unspaced} of {num_texts} texts are written without spaces between words, as Chinese, "
            "Japanese and Thai are; since words are split at spaces, a clause counts as one word and "
            "the model learns next to nothing: put spaces between the words first, for example with "
            "jieba (Chinese), fugashi (Japanese) or PyThaiNLP (Thai)"
        )


def key_notices(num_texts: int, num_films: int, key_column: str | None) -> Iterator[str]:
    """Yield a notice on rows that are one film because they share title and year."""
    if key_column is None and num_films < num_texts:
        yield (
            f"{num_texts} descriptions of {num_films} films: those with the same title and year "
            "count as one film; if they are not, name a column with a key in parse.table.film"
        )


def examples(names: Iterable[str], counts: Counter[str]) -> str:
    """Return the most frequent of ``names``, as part of a message."""
    ranked = sorted(names, key=lambda name: -counts[name])
    return shorten((f"{name!r} ({counts[name]})" for name in ranked), 3)
