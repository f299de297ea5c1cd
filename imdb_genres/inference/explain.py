"""Which words speak for a genre, asked of any model: its answers with a word and without it."""

import numpy as np

from imdb_genres.inference.predictor import Predictor
from imdb_genres.text.tokenizer import tokenize_texts


def top_words(predictor: Predictor, words: int, shown: int) -> dict[str, list[str]]:
    """Return for each genre the ``shown`` words that speak most for it, the strongest first.

    Each of the vocabulary's ``words`` most frequent is put to the model alone, as a text of one
    word; what counts is the genre's probability.
    """
    asked = predictor.words[:words]
    strongest = np.argsort(-predictor.predict(asked), axis=0, kind="stable")[:shown].T
    return {
        genre: [asked[place] for place in places]
        for genre, places in zip(predictor.genres, strongest, strict=True)
    }


def occlusion_attributions(predictor: Predictor, text: str) -> dict[str, np.ndarray]:
    """Return for each word of ``text`` that the model knows what it adds to every genre, (K,).

    That is how far the genre's log-odds fall when the word is taken out, wherever it stands.
    """
    split = tokenize_texts([text])
    order = [split.distinct[place] for part in split.parts for place in part.ids]
    known = set(predictor.words)
    asked = [word for word in dict.fromkeys(order) if word in known]
    without = [" ".join(other for other in order if other != word) for word in asked]
    answers = log_odds(predictor.predict([text, *without]))
    return dict(zip(asked, answers[0] - answers[1:], strict=True))


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """Return log(p / (1 - p)), with p at least 1e-6 away from 0 and 1."""
    kept = np.clip(probabilities.astype(float), 1e-6, 1 - 1e-6)
    odds: np.ndarray = np.log(kept / (1 - kept))
    return odds
