"""Splits a text into pieces to mark: known words with their attributions, and others."""

from typing import Any

from imdb_genres.inference.familiarity import Familiarity
from imdb_genres.inference.predictions import COMMON_WORDS, Attributions
from imdb_genres.inference.predictor import Predictor
from imdb_genres.text.tokenizer import split_pieces


def mark_words(predictor: Predictor, text: str, attributions: Attributions) -> dict[str, Any]:
    """Return the text's pieces, and what each distinct word adds to every genre.

    A piece is [text, word, kind]: the word as the tokenizer spells it, and whether it is ``known``,
    ``common`` or ``unknown`` to the model; both are null between words.
    """
    familiarity = Familiarity(predictor.words, predictor.known_words)
    effects: dict[str, dict[str, float]] = {}
    for genre, words in attributions.items():
        for word, added in words.items():
            effects.setdefault(word, {})[genre] = added
    return {
        "pieces": [
            [piece, word, familiarity.kind(word) if word else None]
            for piece, word in split_pieces(text)
        ],
        "common": effects.pop(COMMON_WORDS, None),
        "effects": effects,
    }
