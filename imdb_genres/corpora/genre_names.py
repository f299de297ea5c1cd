"""Spellings of a genre: one name for ``Drama``, ``drama`` and a DRAMA with an invisible space."""

import re
import unicodedata
from collections import Counter, defaultdict
from functools import lru_cache

# what tools and people write where there is no genre; compared in lower case
PLACEHOLDER_WORDS = r"""- -- --- . ? ?? n/a na n.a. n.a nan none null nil \n <na> nat unknown undefined
    unspecified missing tbd tba empty"""
PLACEHOLDERS = {
    *PLACEHOLDER_WORDS.split(),
    *("", "(no genres listed)", "no genres listed", "no genre", "no genres", "not available"),
}

INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
JOINERS = re.compile("[\u200c\u200d]")  # visible in Persian, Hindi and emoji
HYPHENS = re.compile("[\u2010\u2011]")
DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")


def is_placeholder(name: str) -> bool:
    """Return whether ``name`` stands for "no genre": N/A, unknown, (no genres listed), ..."""
    return name.strip().lower() in PLACEHOLDERS


def clean_name(name: str) -> str:
    """Return ``name`` in NFC, without invisible characters, with plain hyphens and spaces."""
    name = HYPHENS.sub("-", INVISIBLE.sub("", unicodedata.normalize("NFC", name)))
    return " ".join(name.split())


@lru_cache(1000)
def fold_name(name: str) -> tuple[str, str]:
    """Return the key that all spellings of a genre share, and this spelling by ``clean_name``."""
    spelling = clean_name(name)
    folded = unicodedata.normalize("NFKC", JOINERS.sub("", DASHES.sub("-", spelling)))
    return unicodedata.normalize("NFC", folded.casefold()), spelling


class GenreSpellings:
    """The spellings of each genre in a table, counted, so that the most frequent one can name it."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, name: str) -> str:
        """Count a spelling; return the genre's key, the same for every spelling of it."""
        key, spelling = fold_name(name)
        self._counts[key][spelling] += 1
        return key

    def name(self, key: str) -> str:
        """Return the most frequent spelling of the genre; ties go to the first."""
        return max(self._counts[key], key=self._counts[key].__getitem__)

    def variants(self) -> dict[str, list[str]]:
        """Return the other spellings of each genre with more than one, by its name."""
        return {
            self.name(key): [other for other in counts if other != self.name(key)]
            for key, counts in self._counts.items()
            if len(counts) > 1
        }

    def names(self) -> Counter[str]:
        """Return how often each genre occurs, by its name."""
        return Counter({self.name(key): counts.total() for key, counts in self._counts.items()})
