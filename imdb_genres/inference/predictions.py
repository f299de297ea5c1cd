"""Predictions for texts, with word attributions, or the reason why the model cannot tell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from imdb_genres.errors import UserError
from imdb_genres.inference.explain import occlusion_attributions
from imdb_genres.inference.familiarity import Familiarity
from imdb_genres.inference.predictor import Predictor, to_batches

Attributions = dict[str, dict[str, float]]
COMMON_WORDS = "common words"  # the key of all function words together; no token has a space
LONGEST_EXPLAINED = 100_000  # characters; each known word costs one more prediction of the text


@dataclass(frozen=True)
class DisplayOptions:
    """Which genres are shown: at most ``top``, those with a probability of ``threshold`` or more."""

    top: int | None = None
    threshold: float = 0.0
    explain: bool = False


@dataclass(frozen=True)
class Prediction:
    """What a model predicts for ``text``.

    ``genre`` is the best single label, ``genres`` are all labels that reach their thresholds;
    ``probabilities`` has the shown genres, the most probable first, ``attributions`` what each known
    word adds to their log-odds. If the model cannot tell, ``refusal`` is the reason, and the others
    are empty.
    """

    text: str
    genre: str | None = None
    genres: list[str] = field(default_factory=list)
    probabilities: dict[str, float] = field(default_factory=dict)
    attributions: Attributions = field(default_factory=dict)
    refusal: str | None = None


def predict_texts(
    predictor: Predictor, texts: Iterable[str], options: DisplayOptions
) -> Iterator[Prediction]:
    """Yield a prediction for each of ``texts``; a batch of them is in memory at a time."""
    familiarity = Familiarity(predictor.words, predictor.known_words)
    names = np.array(predictor.genres)
    for batch in to_batches(texts):
        probabilities = predictor.predict_proba(batch)
        best = names[predictor.single_label_proba(probabilities).argmax(axis=1)].tolist()
        labels = [names[row].tolist() for row in predictor.predict_labels(probabilities)]
        refusals = familiarity.explain_refusals(batch)
        rows = zip(batch, best, labels, probabilities, refusals, strict=True)
        for text, genre, genres, row, refusal in rows:
            if refusal:
                yield Prediction(text, refusal=refusal)
                continue
            shown = _select(predictor.genres, row, options)
            attributions: Attributions = {}
            if options.explain:
                attributions = attribute(predictor, familiarity, text, list(shown))
            yield Prediction(text, genre, genres, shown, attributions)


def _select(genres: list[str], row: np.ndarray, options: DisplayOptions) -> dict[str, float]:
    order = np.argsort(-row, kind="stable")[: options.top]
    return {
        genres[index]: round(float(row[index]), 6)
        for index in order
        if row[index] >= options.threshold
    }


def attribute(
    predictor: Predictor, familiarity: Familiarity, text: str, genres: list[str]
) -> Attributions:
    """Return for each of ``genres`` what every known word of ``text`` adds, the strongest first.

    Function words are added up as COMMON_WORDS, since each alone explains nothing.
    """
    if len(text) > LONGEST_EXPLAINED:
        raise UserError(
            f"a text of {len(text):,} characters is too long to explain (at most "
            f"{LONGEST_EXPLAINED:,}); it is predicted without --explain"
        )
    total: dict[str, np.ndarray] = {}
    for word, added in occlusion_attributions(predictor, text).items():
        key = COMMON_WORDS if word in familiarity.common else word
        total[key] = total.get(key, 0) + added
    return {genre: _rank(total, predictor.genres.index(genre)) for genre in genres}


def _rank(attributions: dict[str, np.ndarray], genre: int) -> dict[str, float]:
    ranked = sorted(attributions.items(), key=lambda item: -abs(item[1][genre]))
    return {word: round(float(added[genre]), 3) for word, added in ranked}
