"""Splits a text into pieces to mark: known words with their attributions, and others."""

import re
from typing import Any

from imdb_genres.inference.familiarity import Familiarity
from imdb_genres.inference.predictions import COMMON_WORDS, Attributions
from imdb_genres.inference.predictor import Predictor
from imdb_genres.text.tokenizer import SEPARATORS, tokenize_texts

BETWEEN_WORDS = re.compile(f"([ {re.escape(SEPARATORS.decode())}]+)")


def mark_words(predictor: Predictor, text: str, attributions: Attributions) -> dict[str, Any]:
    """Return the text's pieces, and what each distinct word adds to every genre.

    A piece is [text, word, kind]: the word as the tokenizer spells it, and whether it is ``known``,
    ``common`` or ``unknown`` to the model; both are null between words.
    """
    familiarity = Familiarity(predictor.words, predictor.known_words)
    pieces = [piece for piece in BETWEEN_WORDS.split(text) if piece]
    effects: dict[str, dict[str, float]] = {}
    for genre, words in attributions.items():
        for word, added in words.items():
            effects.setdefault(word, {})[genre] = added
    return {
        "pieces": [
            [piece, word, familiarity.kind(word) if word else None]
            for piece, word in zip(pieces, tokenize_pieces(pieces), strict=True)
        ],
        "common": effects.pop(COMMON_WORDS, None),
        "effects": effects,
    }


def tokenize_pieces(pieces: list[str]) -> list[str | None]:
    """Return the word that the tokenizer makes of each piece, or None for separators."""
    tokens = tokenize_texts(pieces)
    rows = [
        chunk.ids[chunk.offsets[row] : chunk.offsets[row + 1]]
        for chunk in tokens.chunks
        for row in range(len(chunk))
    ]
    return [tokens.types[row[0]] if len(row) else None for row in rows]
