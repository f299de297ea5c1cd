"""Words that are evidence for a genre, with a model in which each word counts for one genre."""

import numpy as np
import pytest

from imdb_genres.inference import explain
from imdb_genres.inference.explain import occlusion_attributions, top_words
from imdb_genres.inference.predictor import Predictor
from imdb_genres.model.folder import Description
from imdb_genres.text.tokenizer import tokenize_texts
from imdb_genres.text.vectorizer import SparseInput
from imdb_genres.text.vocabulary import Vocabulary

GENRES = ["Comedy", "Horror", "War"]
CUES = {"laugh": 0, "giggle": 0, "ghost": 1, "scream": 1, "tank": 2, "soldier": 2, "the": None}


class CueModel(Predictor):
    """Adds 2 to a genre's log-odds for each of its words, 1 for the rarer one."""

    def __init__(self) -> None:
        description = Description(
            architecture="mlp",
            network={"units": [8]},
            input=SparseInput("binary", normalize=False),
            genres=GENRES,
            targets="multi-label",
            temperature=1.0,
            thresholds=[0.5] * 3,
            frequencies=[0.25, 0.25, 0.5],
        )
        super().__init__(description, Vocabulary(["", *CUES], np.ones(len(CUES) + 1)), np.asarray)

    def _predict(self, texts: list[str]) -> np.ndarray:
        logits = np.full((len(texts), len(GENRES)), -1.0)
        for row, text in zip(logits, texts, strict=True):
            for strength, word in enumerate(CUES):
                genre = CUES[word]
                if genre is not None and word in tokenize_texts([text]).types:
                    row[genre] += 2 - strength % 2
        return np.asarray(1 / (1 + np.exp(-logits)))


def test_the_words_of_a_genre_are_its_cues_the_strongest_first() -> None:
    assert top_words(CueModel(), 100, 2) == {
        "Comedy": ["laugh", "giggle"],
        "Horror": ["ghost", "scream"],
        "War": ["tank", "soldier"],
    }


def test_only_the_most_frequent_words_are_scored() -> None:
    found = top_words(CueModel(), 3, 1)
    assert found["Horror"] == ["ghost"]
    assert found["War"] == ["laugh"]  # nothing speaks for it, the first of equals


def test_a_word_adds_what_is_lost_without_it_in_any_position() -> None:
    effects = occlusion_attributions(CueModel(), "The ghost! A GHOST, and soldier Ryan; the laugh")
    assert list(effects) == ["the", "ghost", "soldier", "laugh"]
    assert effects["ghost"] == pytest.approx([0, 2, 0])
    assert effects["soldier"] == pytest.approx([0, 0, 1])
    assert effects["the"] == pytest.approx([0, 0, 0])


def test_punctuation_and_case_around_a_removed_word_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    predicted: list[str] = []

    def predict(model: CueModel, texts: list[str]) -> np.ndarray:
        predicted.extend(texts)
        return np.full((len(texts), len(GENRES)), 0.5)

    monkeypatch.setattr(CueModel, "_predict", predict)
    occlusion_attributions(CueModel(), "What?! A GHOST... and a Tank")
    assert predicted == [
        "What?! A GHOST... and a Tank",
        "What?! A ... and a Tank",
        "What?! A GHOST... and a ",
    ]


def test_a_text_without_a_known_word_has_no_effects() -> None:
    assert occlusion_attributions(CueModel(), "Nothing of that") == {}


def test_an_encoder_scores_the_rarest_words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "ENCODER_WORDS", 2)
    model = CueModel()
    model.reads_subwords = True
    assert list(occlusion_attributions(model, "Laugh, the ghost and the soldier")) == [
        "the",
        "soldier",
    ]
