"""Predictions as lines to read, as JSON Lines and as CSV."""

import csv
import json
from collections.abc import Callable, Iterable
from typing import TextIO

from imdb_genres.inference.predictions import Prediction

NUM_WORDS = 5  # shown for a genre, and against it
MIN_ATTRIBUTION = 0.05  # of a shown word

Printer = Callable[[Iterable[Prediction], list[str], TextIO], None]


def print_lines(predictions: Iterable[Prediction], genres: list[str], file: TextIO) -> None:
    """Print the beginning of each text and, below it, one genre per line."""
    width = max(map(len, genres))
    for number, prediction in enumerate(predictions):
        if number:
            print(file=file)
        print(_beginning(prediction.text), file=file)
        if prediction.refusal:
            print(f"  cannot tell: {prediction.refusal}", file=file)
        elif not prediction.probabilities:
            print("  no genre reaches the threshold", file=file)
        for genre, probability in prediction.probabilities.items():
            reasons = _reasons(prediction.attributions.get(genre, {}))
            print(f"  {genre:{width}}  {probability:.3f}{reasons}", file=file)


def _beginning(text: str) -> str:
    """Return the beginning of a text in one line, without control characters."""
    line = " ".join(text[:400].split())
    shown = "".join(character if character.isprintable() else "?" for character in line)
    return shown if len(shown) < 80 else f"{shown[:77]}..."


def _reasons(attributions: dict[str, float]) -> str:
    """Return the strongest words for and against a genre."""
    strong = [
        (word, added) for word, added in attributions.items() if abs(added) >= MIN_ATTRIBUTION
    ]
    words_for = [f"{word} {added:+.1f}" for word, added in strong if added > 0][:NUM_WORDS]
    words_against = [f"{word} {added:+.1f}" for word, added in strong if added < 0][:NUM_WORDS]
    text = f"  for: {', '.join(words_for)}" if words_for else ""
    return text + (f"  against: {', '.join(words_against)}" if words_against else "")


def print_json(predictions: Iterable[Prediction], genres: list[str], file: TextIO) -> None:
    """Print one JSON object per line."""
    for prediction in predictions:
        content: dict[str, object] = {
            "genre": prediction.genre,
            "genres": prediction.genres,
            "probabilities": prediction.probabilities,
        }
        if prediction.attributions:
            content["words"] = prediction.attributions
        if prediction.refusal:
            content["cannot_tell"] = prediction.refusal
        print(json.dumps(content), file=file)


def print_csv(predictions: Iterable[Prediction], genres: list[str], file: TextIO) -> None:
    """Print one row per text: the best genre, and a column for each genre's probability."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["genre", *genres])
    for prediction in predictions:
        probabilities = [prediction.probabilities.get(genre, "") for genre in genres]
        writer.writerow([prediction.genre or "", *probabilities])
