"""Masks words that name a film's genre: "is a 1999 American horror film" leaks the label.

The words are those of the categories that stand for a genre in the corpora's tables. Most of them
also tell what happens ("war", "spy", "space"), so they go only where they name a genre: before
"film" and its like, or beside a word that speaks of films alone ("spy thriller").
"""

import re
from functools import cache
from itertools import chain, groupby

from imdb_genres.corpora.genre_mapping import TABLES, read_table

# these speak of films, hardly ever of what happens in one: they go wherever they stand
ALWAYS = """animated animation anime biographical biopic comedic comedies comedy docudrama
    documentaries documentary drama dramatic dramedy farce horror melodrama mockumentary musical
    noir parodies parody rockumentary rom-com romcom satire satirical sci-fi slapstick slasher spoof
    suspense swashbuckler swashbuckling thriller tragicomedy western whodunit"""
INFLECTED = "comic fantastic fictional historic neo psychological romantic supernatural tragic"
NO_GENRE = {"", "a", "about", "and", "film", "films", "in", "movie", "movies", "of", "out", "the"}
CLOSES_GAP = re.compile(r"[\s.,;:!?)]")  # no space is needed before these
FILM = "(?:film|movie|picture|feature|flick|serial|short|cartoon|novel)s?|series|story|stories"


def mask_genre_words(text: str) -> str:
    """Return ``text`` without the words that name a genre, and without a gap in their place."""
    parts: list[str] = []
    end = 0
    for phrase in filter(_names_genre, _phrase().finditer(text)):
        before, end = text[end : phrase.start()], phrase.end()
        if not phrase["film"] and (not text[end:] or CLOSES_GAP.match(text, end)):
            before = before.rstrip()
            if not before and not any(parts):
                end += len(text[end:]) - len(text[end:].lstrip())
        parts += [before, phrase["film"] or ""]
    return "".join([*parts, text[end:]])


def _names_genre(phrase: re.Match[str]) -> bool:
    return bool(phrase["film"] or _always().search(phrase[0]))


@cache
def genre_words() -> list[str]:
    """Return the words of all categories that stand for a genre, sorted."""
    tables = chain.from_iterable(read_table(path).items() for path in TABLES)
    names = (name.lower() for name, genres in tables if genres)
    words = chain.from_iterable(re.split(r"[^\w'-]+", name) for name in names)
    return sorted({*words, *ALWAYS.split(), *INFLECTED.split()} - NO_GENRE)


@cache
def _phrase() -> re.Pattern[str]:
    # one branch a first letter: six times as fast as one branch a word
    words = "|".join(
        f"{letter}(?:{'|'.join(re.escape(word[1:]) for word in group)})"
        for letter, group in groupby(genre_words(), key=lambda word: word[0])
    )
    word = f"(?:{words})s?"
    run = rf"\b{word}(?:(?:\s*[-–/,]\s*|\s+)(?:and\s+)?{word})*\b"
    return re.compile(rf"{run}(?:[\s-]+(?P<film>{FILM})\b)?", re.IGNORECASE)


@cache
def _always() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(ALWAYS.split())})s?\b", re.IGNORECASE)
