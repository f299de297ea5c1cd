"""What a model says of a text, and the three ways to print it."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.inference.explain import occlusion_attributions
from imdb_genres.inference.predictor import Predictor, batches

Effects = dict[str, dict[str, float]]
WORDS_SHOWN = 5
LONGEST_EXPLAINED = 100_000  # characters; every known word costs one more reading of the text


@dataclass(frozen=True)
class DisplayOptions:
    """Which of a text's genres are shown: at most ``top``, from the probability ``threshold`` on."""

    top: int | None = None
    threshold: float = 0.0
    explain: bool = False


@dataclass(frozen=True)
class Answer:
    """What a model says of one text.

    ``genre`` is the one it would name, ``genres`` are those it would list; ``probabilities`` those
    that are wanted, likeliest first; ``words`` what each known word adds to their log-odds.
    """

    text: str
    genre: str
    genres: list[str]
    probabilities: dict[str, float]
    words: Effects | None


def answer(predictor: Predictor, texts: Iterable[str], wanted: DisplayOptions) -> Iterator[Answer]:
    """Yield an answer for each of ``texts``, a batch of them in memory at a time."""
    names = np.array(predictor.genres)
    for batch in batches(texts):
        probabilities = predictor.predict(batch)
        best = predictor.single(probabilities).argmax(axis=1)
        listed = predictor.several(probabilities)
        for text, row, place, chosen in zip(batch, probabilities, best, listed, strict=True):
            shown = _shown(predictor.genres, row, wanted)
            words = effects(predictor, text, list(shown)) if wanted.explain else None
            yield Answer(text, str(names[place]), names[chosen].tolist(), shown, words)


def _shown(genres: list[str], row: np.ndarray, wanted: DisplayOptions) -> dict[str, float]:
    order = np.argsort(-row, kind="stable")[: wanted.top]
    return {
        genres[place]: round(float(row[place]), 6)
        for place in order
        if row[place] >= wanted.threshold
    }


def effects(predictor: Predictor, text: str, genres: list[str]) -> Effects:
    """Return for each of ``genres`` what every known word of ``text`` adds, the strongest first."""
    if len(text) > LONGEST_EXPLAINED:
        raise UserError(
            f"a text of {len(text):,} characters is too long to explain: "
            f"{LONGEST_EXPLAINED:,} are the most. It is answered without --explain"
        )
    found = occlusion_attributions(predictor, text)
    return {
        genre: {
            word: round(float(added[place]), 3)
            for word, added in sorted(found.items(), key=lambda item: -abs(item[1][place]))
        }
        for genre in genres
        for place in [predictor.genres.index(genre)]
    }


Printer = Callable[[Iterable[Answer], list[str], TextIO], None]


def print_lines(answers: Iterable[Answer], genres: list[str], file: TextIO) -> None:
    """Print a genre a line; above each of several texts its beginning."""
    width = max(map(len, genres))
    for number, given in enumerate(answers):
        if number:
            print(file=file)
        print(_beginning(given.text), file=file)
        for genre, probability in given.probabilities.items():
            because = _because(given.words[genre]) if given.words else ""
            print(f"  {genre:{width}}  {probability:.3f}{because}", file=file)
        if not given.probabilities:
            print("  no genre is likely enough", file=file)


def _beginning(text: str) -> str:
    """Return what a terminal can show of a text in one line: no control characters."""
    line = " ".join(text[:400].split())
    shown = "".join(character if character.isprintable() else "?" for character in line)
    return shown if len(shown) < 80 else f"{shown[:77]}..."


def _because(words: dict[str, float]) -> str:
    """Return the words that speak most for a genre, and those that speak most against it."""
    strongest = [(word, added) for word, added in words.items() if abs(added) >= 0.05]
    speaking = {
        "for": [f"{word} {added:+.1f}" for word, added in strongest if added > 0][:WORDS_SHOWN],
        "against": [f"{word} {added:+.1f}" for word, added in strongest if added < 0][:WORDS_SHOWN],
    }
    return "".join(f"  {side}: {', '.join(found)}" for side, found in speaking.items() if found)


def print_json(answers: Iterable[Answer], genres: list[str], file: TextIO) -> None:
    """Print an object a line."""
    for given in answers:
        content = {
            "genre": given.genre,
            "genres": given.genres,
            "probabilities": given.probabilities,
        }
        if given.words is not None:
            content["words"] = given.words
        print(json.dumps(content), file=file)


def print_csv(answers: Iterable[Answer], genres: list[str], file: TextIO) -> None:
    """Print a row a text: the genre, and a column for each one's probability, if it is wanted."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["genre", *genres])
    for given in answers:
        writer.writerow([given.genre, *(given.probabilities.get(genre, "") for genre in genres)])
