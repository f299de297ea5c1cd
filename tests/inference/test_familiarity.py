"""A model says when it cannot tell: empty texts, unknown words, another language."""

import pytest

from imdb_genres.inference.familiarity import NUM_FREQUENT, Familiarity

ENGLISH = ["the", "to", "and", "a", "of", "is", "in", "his", "he", "her", "with", "that", "him"]
KNOWN = [*ENGLISH, *(f"word{number}" for number in range(100)), "gunman", "duel", "die", "land"]


@pytest.fixture(scope="module")
def familiarity() -> Familiarity:
    return Familiarity(KNOWN, frozenset(KNOWN))


@pytest.mark.parametrize(
    "text",
    [
        "A gunman in a duel",
        "gunman, duel, word7",  # keywords
        "Gandalf and Frodo in the Shire of Eriador",  # names, between frequent words
        "gunman Billy",
    ],
)
def test_a_text_of_known_or_of_frequent_words_is_predicted(
    text: str, familiarity: Familiarity
) -> None:
    assert familiarity.explain_refusals([text]) == [None]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        (" ?!\n", "no words"),
        ("qwertz asdf", "none of the text's words"),
        ("Старый стрелок возвращается", "none of the text's words"),
        (
            "Der alte Revolverheld will im Land sterben, und die Stadt hilft ihm",
            "2 of the text's 12",
        ),
    ],
)
def test_other_texts_get_a_reason_instead(text: str, reason: str, familiarity: Familiarity) -> None:
    [refusal] = familiarity.explain_refusals([text])
    assert refusal and reason in refusal


def test_each_text_of_a_batch_has_its_own_result(familiarity: Familiarity) -> None:
    refusals = familiarity.explain_refusals(["", "a gunman", "qwertz", "", "duel"])
    assert [refusal is None for refusal in refusals] == [False, True, False, False, True]


def test_words_are_known_common_or_unknown(familiarity: Familiarity) -> None:
    kinds = [familiarity.kind(word) for word in ("gunman", "the", "qwertz")]
    assert kinds == ["known", "common", "unknown"]


def test_the_most_frequent_words_are_common_in_any_language() -> None:
    vocabulary = [f"wort{number}" for number in range(5000)]
    familiarity = Familiarity(vocabulary, frozenset(vocabulary))
    assert familiarity.kind(vocabulary[NUM_FREQUENT - 1]) == "common"
    assert familiarity.kind(vocabulary[NUM_FREQUENT]) == "known"
