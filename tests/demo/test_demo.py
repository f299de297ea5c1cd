"""The page predicts, marks and compares in a browser, and its server survives any request."""

import http.client
import json
import re
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from imdb_genres.cli.demo import bound_socket
from tests.support.browser import serving, start
from tests.support.model_folders import make_model
from tests.support.registered_models import register_model
from tests.support.tracked_runs import enter_workspace

pytestmark = pytest.mark.slow

HOSTILE = (
    "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script> ghost"
)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Iterator[int]:
    """The port of a server with this folder's model and three registered ones, one of another split."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        enter_workspace(folder, database, patch)
        for weights, skill, seed in (("w", 0.4, 1), ("v", 0.8, 1), ("elsewhere", 0.9, 2)):
            register_model(skill, weights, seed)
        shutil.rmtree("model")
        make_model(Path("model"), weight=1.0)
        films = {
            "film": ["film 1 0", "film 1 one"],
            "title": ["The Ghost", None],
            "year": [1999.0, None],
            "text": ["A ghost,\r\na knife and a waiter.", "A sheriff."],
            "labels": [["Horror", "Comedy"], ["Western"]],
            "fold": ["test", "train"],
        }
        pd.DataFrame(films).to_parquet("data/split.parquet")
    with serving("demo", folder, 0) as (address,):
        yield int(address.rpartition(":")[2])


@pytest.fixture
def page(browser: Browser, port: int) -> Iterator[Page]:
    """The page with its first answer; it may make no mistakes, and ask nobody else for anything."""
    page = browser.new_page()
    mistakes: list[str] = []
    asked: set[str] = set()
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    page.goto(f"http://127.0.0.1:{port}")
    expect(page.locator("#films .other")).to_be_visible()
    expect(page.locator("#first option")).to_have_count(4)
    yield page
    assert not mistakes
    assert asked == {f"127.0.0.1:{port}"}
    page.close()


def post(port: int, body: bytes, **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/predict", body, headers)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def ask(port: int, text: str, model: str = "model") -> tuple[int, Any]:
    return post(port, json.dumps({"text": text, "model": model}).encode())


def test_a_pasted_text_gets_bars_and_marks(page: Page) -> None:
    page.fill("#text", "A sheriff with a gunman; a ghost")
    first = page.locator(".genre").first
    expect(first).to_have_attribute("data-genre", "Western")
    expect(first).to_contain_text("%")
    expect(page.locator(".words mark.for")).to_have_text(["sheriff", "gunman"])
    expect(page.locator(".words mark.against")).to_have_text(["ghost"])


def test_it_opens_on_the_champion_and_a_short_example(page: Page) -> None:
    assert page.input_value("#first") == "models:/imdb-genres/2"
    example = page.locator('#examples button[aria-pressed="true"]')
    expect(example).to_have_count(1)
    assert 0 < len(page.input_value("#text")) < 300
    expect(page.locator(".answer h2")).to_contain_text("champion")


def test_the_bars_say_that_they_can_be_selected(page: Page) -> None:
    page.fill("#text", "A sheriff with a gunman; a ghost")
    expect(page.get_by_text("Select a genre to see the words")).to_be_visible()
    page.get_by_role("button", name="Horror").click()
    expect(page.locator(".words mark.for")).to_have_text(["ghost"])


def test_the_model_card_says_what_the_model_is_and_stays_open(page: Page) -> None:
    page.get_by_text("Model card").click()
    genres = page.locator("dd", has_text="Comedy, Horror, Western").first
    expect(genres).to_be_visible()
    page.fill("#text", "ghost")
    page.get_by_role("button", name="Western").click()
    expect(page.locator(".words")).to_have_attribute("aria-label", re.compile("Western"))
    expect(genres).to_be_visible()


def test_a_screen_reader_hears_the_prediction_and_the_description_by_name(page: Page) -> None:
    page.fill("#text", "A sheriff with a gunman; a ghost")
    expect(page.get_by_role("status")).to_have_text("Most likely: Western.")
    expect(page.get_by_role("group", name="words for and against Western")).to_be_visible()
    page.fill("#text", "qwertz")
    expect(page.get_by_role("status")).to_have_text("The model cannot tell.")


def test_a_word_that_would_read_zero_is_not_listed(page: Page) -> None:
    answer = {"pieces": [["ghost", "ghost", "known"]], "effects": {"ghost": {"Horror": -0.004}}}
    texts = "answer => drawWords(answer, 'Horror').map(part => part.innerHTML).join()"
    assert "0.00" not in page.evaluate(texts, answer)


@pytest.mark.parametrize("selector", ['[data-genre="Horror"]', "summary", ".words"])
def test_an_arriving_answer_leaves_the_focus_where_it_is(page: Page, selector: str) -> None:
    page.fill("#text", "ghost")
    page.focus(selector)
    page.evaluate("ask()")
    expect(page.locator(selector)).to_be_focused()


def test_text_that_is_typed_before_the_models_arrive_is_answered(
    browser: Browser, port: int
) -> None:
    page = browser.new_page()

    def type_first(route: Route) -> None:
        page.fill("#text", "a ghost")
        page.press("#text", "Control+Enter")
        route.continue_()

    page.route("**/models", type_first)
    page.goto(f"http://127.0.0.1:{port}")
    expect(page.locator(".words")).to_have_text("a ghost")
    page.close()


def test_an_internal_error_is_not_taken_for_a_dead_server(page: Page) -> None:
    page.route("**/predict", lambda route: route.fulfill(status=500, body="Internal Server Error"))
    page.fill("#text", "a ghost")
    expect(page.locator("#problem")).to_have_text("The server refused (500).")


def test_words_are_marked_as_the_tokenizer_spells_them_and_unknown_ones_too(page: Page) -> None:
    page.fill("#text", "GHOST, and a Qwertz ghost")
    expect(page.locator(".words mark.for")).to_have_text(["GHOST", "ghost"])
    expect(page.locator(".words mark.unknown")).to_have_text(["and", "a", "Qwertz"])


@pytest.mark.parametrize("text", ["qwertz asdf", "!!"])
def test_a_text_without_a_known_word_gets_no_genre(page: Page, text: str) -> None:
    page.fill("#text", text)
    expect(page.locator(".refusal")).to_be_visible()
    expect(page.locator(".genre")).to_have_count(0)


def test_an_empty_description_is_answered(page: Page) -> None:
    page.fill("#text", "  ")
    expect(page.locator("#results")).to_contain_text("no description yet")
    expect(page.locator(".genre")).to_have_count(0)


def test_a_film_of_the_test_fold_shows_its_true_genres(page: Page) -> None:
    films = page.locator("#films button:not(.other)")
    expect(films).to_have_text(["The Ghost (1999)"])
    films.click()
    expect(page.locator(".genre.true .name")).to_have_text(["Horror \u2713", "Comedy \u2713"])
    page.fill("#text", "something else")
    expect(page.locator(".genre.true")).to_have_count(0)


def test_registered_models_are_shown_side_by_side(page: Page) -> None:
    names = [option.get_attribute("value") for option in page.locator("#first option").all()]
    versions = [f"models:/imdb-genres/{number}" for number in (2, 3, 1)]
    assert names == [versions[0], "model", *versions[1:]]
    page.fill("#text", "A sheriff with a gunman; a ghost")
    page.select_option("#second", "model")
    expect(page.locator(".answer")).to_have_count(2)
    champion, here = (
        page.locator(".answer").nth(index).locator(".genre .number").first for index in (0, 1)
    )
    assert here.inner_text() != champion.inner_text()


def test_a_model_that_may_have_learnt_from_the_film_is_not_trusted_silently(page: Page) -> None:
    page.locator("#films button").first.click()
    page.select_option("#second", "models:/imdb-genres/3")  # of another split
    tested, other = (page.locator(".answer").nth(place) for place in (0, 1))
    expect(other.locator(".warning")).to_contain_text("may be in the model's training data")
    expect(tested.locator(".genre.true")).to_have_count(2)
    expect(tested.locator(".warning")).to_have_count(0)
    page.fill("#text", "A ghost of nobody's film.")
    expect(other.locator(".words")).to_have_text("A ghost of nobody's film.")
    expect(other.locator(".warning")).to_have_count(0)


def test_all_of_it_works_from_the_keyboard(page: Page) -> None:
    page.focus("#text")
    page.keyboard.press("Control+A")
    page.keyboard.type("ghost sheriff sheriff")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".words")).to_have_text("ghost sheriff sheriff")
    page.locator("#text").press("Tab")
    for _ in range(12):
        if page.evaluate_handle("document.activeElement").as_element().get_attribute("data-genre"):  # type: ignore[union-attr]
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    pressed = page.locator('.genre[aria-pressed="true"]')
    expect(pressed).to_have_count(1)
    expect(pressed).to_be_focused()


def test_html_is_shown_as_text(page: Page) -> None:
    page.fill("#text", HOSTILE)
    expect(page.locator(".words")).to_have_text(HOSTILE)
    assert page.title() == "What genre is this film?"
    assert page.locator("main img").count() == 0


def test_too_long_a_text_is_refused_and_the_next_one_answered(page: Page) -> None:
    page.fill("#text", "x" * 20_001)
    expect(page.locator("#problem")).to_contain_text("20,001 characters is too long")
    expect(page.locator(".genre")).to_have_count(0)
    page.fill("#text", "ghost")
    expect(page.locator(".genre")).to_have_count(3)
    expect(page.locator("#problem")).to_be_empty()


def test_a_phone_shows_it_without_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.select_option("#second", "model")
    text = f"ghost {'unbroken' * 200}"
    page.fill("#text", text)
    expect(page.locator(".words")).to_have_text([text] * 2)
    for selector in (".card", ".genre", ".words"):
        for box in (found.bounding_box() for found in page.locator(selector).all()):
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390, selector


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 50_000, 400),
        (b'{"text": 5, "model": "model"}', 400),
        (b'{"text": "a", "model": "model", "more": 1}', 400),
        (b'{"text": "a"}', 200),
        (b'{"model": "model"}', 400),
        (b'{"text": "a", "model": "../../etc"}', 400),
        (b'{"text": "a", "model": "model", "film": 5}', 400),
        (b'{"text": "a", "model": "model", "film": "none"}', 200),
        (b'{"text": "a", "model": "models:/imdb-genres/77"}', 400),
        (b'{"text": "\\ud800 \\u0000 \\u001b[31m", "model": "model"}', 200),
        ('{"text": "Призрак 西部劇 ghost ΟΔΟΣ", "model": "model"}'.encode(), 200),
        (json.dumps({"text": "x" * 10_000_000, "model": "model"}).encode(), 413),
    ],
)
def test_the_server_answers_any_request_and_stays_up(port: int, body: bytes, status: int) -> None:
    try:
        found, answer = post(port, body)
    except (BrokenPipeError, ConnectionResetError):  # it stopped listening to megabytes
        assert status == 413
    else:
        assert found == status, answer
        assert ("problem" in answer) == (status != 200)
    assert ask(port, "a ghost")[1]["genre"] == "Horror"


def test_a_foreign_host_name_is_refused(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/films", headers={"Host": "attacker.example"})
    assert connection.getresponse().status == 400


def test_fifty_concurrent_requests_get_their_own_predictions(port: int) -> None:
    texts = ["a ghost", "a sheriff", "a clumsy waiter"] * 17
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda text: ask(port, text), texts))
    assert [answer[1]["genre"] for answer in answers] == ["Horror", "Western", "Comedy"] * 17


def test_a_browser_that_connects_before_the_server_is_ready_waits() -> None:
    with bound_socket(0) as listener, socket.create_connection(listener.getsockname(), 5):
        pass


def test_a_port_in_use_is_one_message(port: int, tmp_path: Path) -> None:
    make_model(tmp_path / "model")
    _, message = start("demo", tmp_path, "--port", str(port)).communicate(timeout=60)
    assert (
        message.startswith(f"demo: port {port} is taken; try --port {port + 1}")
        and message.count("\n") == 1
    )


def test_without_a_model_it_says_how_to_get_one(tmp_path: Path) -> None:
    _, message = start("demo", tmp_path).communicate(timeout=60)
    assert message.startswith("demo: there is no model yet: run `make repro`")
