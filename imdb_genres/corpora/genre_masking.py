"""Masks words that name a film's genre: "is a 1999 American horror film" leaks the label.

The words are those of the categories in the corpora's tables that have a genre. Most of them also
occur in plots ("war", "spy", "space"), so they are masked only where they name a genre: before "film"
and its synonyms, or next to a word that is used of films only ("spy thriller").
"""

import re
from functools import cache
from itertools import chain, groupby

from imdb_genres.corpora.genre_mapping import TABLES, read_table

# used of films, hardly ever in plots: masked everywhere
FILM_ONLY_WORDS = """animated animation anime biographical biopic comedic comedies comedy docudrama
    documentaries documentary drama dramatic dramedy farce horror melodrama mockumentary musical
    noir parodies parody rockumentary rom-com romcom satire satirical sci-fi slapstick slasher spoof
    suspense swashbuckler swashbuckling thriller tragicomedy western whodunit"""
INFLECTED = "comic fantastic fictional historic neo psychological romantic supernatural tragic"
NOT_GENRES = {"", "a", "about", "and", "film", "films", "in", "movie", "movies", "of", "out", "the"}
CLOSING = re.compile(r"[\s.,;:!?)]")  # needs no space before it
FILM_NOUN = "(?:film|movie|picture|feature|flick|serial|short|cartoon|novel)s?|series|story|stories"


def mask_genre_words(text: str) -> str:
    """Return ``text`` without the words that name a genre, and without a gap in their place."""
    parts: list[str] = []
    end = 0
    for phrase in filter(_names_genre, _phrase_pattern().finditer(text)):
        before = text[end : phrase.start()]
        end = phrase.end()
        if not phrase["film"] and (not text[end:] or CLOSING.match(text, end)):
            before = before.rstrip()
            if not before and not any(parts):
                end += len(text[end:]) - len(text[end:].lstrip())
        parts += [before, phrase["film"] or ""]
    return "".join([*parts, text[end:]])


def _names_genre(phrase: re.Match[str]) -> bool:
    return bool(phrase["film"] or _film_only_pattern().search(phrase[0]))


@cache
def genre_words() -> list[str]:
    """Return the words of all categories that have a genre, sorted."""
    tables = chain.from_iterable(read_table(path).items() for path in TABLES)
    names = (name.lower() for name, genres in tables if genres)
    words = chain.from_iterable(re.split(r"[^\w'-]+", name) for name in names)
    return sorted({*words, *FILM_ONLY_WORDS.split(), *INFLECTED.split()} - NOT_GENRES)


@cache
def _phrase_pattern() -> re.Pattern[str]:
    # one branch per first letter: six times as fast as one branch per word
    words = "|".join(
        f"{letter}(?:{'|'.join(re.escape(word[1:]) for word in group)})"
        for letter, group in groupby(genre_words(), key=lambda word: word[0])
    )
    word = f"(?:{words})s?"
    run = rf"\b{word}(?:(?:\s*[-–/,]\s*|\s+)(?:and\s+)?{word})*\b"
    return re.compile(rf"{run}(?:[\s-]+(?P<film>{FILM_NOUN})\b)?", re.IGNORECASE)


@cache
def _film_only_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(FILM_ONLY_WORDS.split())})s?\b", re.IGNORECASE)
