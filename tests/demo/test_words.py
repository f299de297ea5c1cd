"""Words of the page are marked as the tokenizer spells them."""

import pytest

from imdb_genres.demo.words import mark_words
from imdb_genres.inference.predictor import Predictor
from tests.support.model_folders import make_model

ATTRIBUTIONS = {"Horror": {"ghost": 1.0, "οδος": 0.5, "common words": 0.2}}


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    folder = make_model(tmp_path_factory.mktemp("model") / "model")
    vocabulary = folder / "vocabulary.txt"
    vocabulary.write_text(vocabulary.read_text("utf-8").replace("knife", "οδος"), "utf-8")
    return Predictor.load(folder)


def test_the_pieces_are_the_text_and_words_are_lower_case(predictor: Predictor) -> None:
    text = " ΟΔΟΣ! A GHOST\t<b>ghost's\r\n"
    marked = mark_words(predictor, text, ATTRIBUTIONS)
    assert "".join(piece for piece, _, _ in marked["pieces"]) == text
    words = {word: kind for _, word, kind in marked["pieces"] if word}
    assert words["οδος"] == words["ghost"] == "known"
    assert words["a"] == words["b"] == words["ghost's\r"] == "unknown"
    assert set(marked["effects"]) == {"ghost", "οδος"}
    assert marked["common"] == {"Horror": 0.2}


@pytest.mark.parametrize("text", ["", "...", "\ud7ff\u2028"])
def test_a_text_without_words_has_no_effects(predictor: Predictor, text: str) -> None:
    marked = mark_words(predictor, text, {})
    assert marked["effects"] == {} and marked["common"] is None
    assert "".join(piece for piece, _, _ in marked["pieces"]) == text
