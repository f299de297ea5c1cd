"""IMDb's lists are read with their oddities, and also if they are truncated or corrupt."""

import gzip
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.lists import Entry, write_lists
from imdb_genres.corpora.base import Film, Report
from imdb_genres.corpora.imdb import parse
from imdb_genres.corpora.imdb_genre_list import normalize_genre, read_genres
from imdb_genres.corpora.imdb_plot_list import read_plots
from imdb_genres.corpora.imdb_titles import parse_title
from imdb_genres.errors import UserError
from tests.support.params import params_with

HEADER = "CRC: 0x1\n\nPLOT SUMMARIES LIST\n===================\n"
RULE = "-" * 79 + "\n"
ENTRIES = [
    Entry("The Gunman's Rest (1999)", [("He rides home. " * 20, "A. Writer"), ("Short.", None)], ("Western", "Drama")),
    Entry("She Is (Not) (2001/II) (V)", [("MV: and dashes ---- inside.", None)], ("Comedy",)),
    Entry("Unknown Year (????) (TV)", [("Caf\xe9 \x85 at byte 0x85.", "B")], ("Reality-tv",)),
    Entry('"Harbour Lights" (2005) {The Storm (1999) (#1.2)}', [("A storm comes.", "C")], ()),
    Entry('"Harbour Lights" (2005)', [], ("Drama",)),
    Entry("Gone (2010) {{SUSPENDED}}", [("It was withdrawn.", "D")], ("Drama",)),
    Entry("No Genre (2011)", [("Nobody knows.", "E")], ()),
]  # fmt: skip


def films(folder: Path, report: Report | None = None, **options: object) -> list[Film]:
    chosen = params_with({f"parse.imdb.{name}": value for name, value in options.items()})
    return list(parse(folder, chosen.parse, report or Report()))


@pytest.mark.parametrize("suffix", [".list.gz", ".list"])
def test_lists_are_read_as_they_were_written(tmp_path: Path, suffix: str) -> None:
    write_lists(tmp_path, ENTRIES, suffix)
    report = Report()
    found = films(tmp_path, report)
    assert [(film.film, film.title, film.year, film.genres) for film in found] == [
        ("The Gunman's Rest (1999)", "The Gunman's Rest", 1999, ("Western", "Drama")),
        ("The Gunman's Rest (1999)", "The Gunman's Rest", 1999, ("Western", "Drama")),
        ("She Is (Not) (2001/II) (V)", "She Is (Not)", 2001, ("Comedy",)),
        ("Unknown Year (????) (TV)", "Unknown Year", None, ("Reality-TV",)),
        ("No Genre (2011)", "No Genre", 2011, ()),
    ]
    assert [film.text for film in found[:4]] == [
        ("He rides home. " * 20).strip(),
        "Short.",
        "MV: and dashes ---- inside.",
        "Café \x85 at byte 0x85.",
    ]
    assert report.dropped == {"episode": 1, "suspended": 1}
    assert not report.malformed


def test_an_episode_has_its_series_title_and_on_request_its_genres(tmp_path: Path) -> None:
    write_lists(tmp_path, ENTRIES)
    (own,) = films(tmp_path, kinds=["episode"])
    assert (own.title, own.year, own.genres) == ("Harbour Lights", 2005, ())
    (lent,) = films(tmp_path, kinds=["episode"], series_genres=True)
    assert lent.genres == ("Drama",)


def test_suspended_titles_are_kept_on_request(tmp_path: Path) -> None:
    write_lists(tmp_path, ENTRIES)
    found = {film.film: film.genres for film in films(tmp_path, suspended=True)}
    assert found["Gone (2010)"] == ("Drama",)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('Cry "Havoc" (1943)', 'Cry "Havoc"'),
        ('"Havoc" They Cried (1943)', '"Havoc" They Cried'),
        ('"Show" (2004)', "Show"),
        ('"Show "Tonight"" (2004)', 'Show "Tonight"'),
    ],
)
def test_only_the_quotes_that_mark_a_series_are_left_out(line: str, name: str) -> None:
    title = parse_title(line)
    assert title is not None
    assert title.name == name
    assert title.kind == ("series" if line.startswith('"Show') else "film")


def test_a_suspended_episode_keeps_its_genres_and_its_mark(tmp_path: Path) -> None:
    episode = '"Harbour Lights" (2005) {Pilot (#1.1)}'
    write_lists(tmp_path, [Entry(f"{episode} {{{{SUSPENDED}}}}", [("A storm.", None)], ("Drama",))])
    assert films(tmp_path, kinds=["episode"]) == []
    (film,) = films(tmp_path, kinds=["episode"], suspended=True)
    assert (film.film, film.genres) == (episode, ("Drama",))


def test_text_after_the_last_dashes_costs_no_film(tmp_path: Path) -> None:
    write_lists(tmp_path, [Entry("A (1999)", [("Text.", None)], ("Drama",))], ".list")
    with (tmp_path / "plot.list").open("a", encoding="iso-8859-1") as file:
        file.write("\nEnd of the list\n----\nThank you.\n")
    report = Report()
    assert [film.text for film in films(tmp_path, report)] == ["Text."]
    assert not report.malformed


def test_a_plot_without_a_title_is_reported_and_costs_no_other_film(tmp_path: Path) -> None:
    write_lists(tmp_path, [], ".list")
    body = f"{RULE}MV: A (1999)\n\nPL: a\n\n{RULE}NV: B (1999)\n\nPL: b\n\n{RULE}"
    (tmp_path / "plot.list").write_text(HEADER + body, encoding="iso-8859-1")
    report = Report(max_malformed=1)
    assert [film.text for film in films(tmp_path, report)] == ["a"]
    assert "line 6" in report.malformed[0]


def test_genres_of_titles_without_a_plot_are_not_kept(tmp_path: Path) -> None:
    entries = [Entry(f"Film {n} (1999)", [], ("Drama",)) for n in range(100)]
    write_lists(tmp_path, [*ENTRIES, *entries])
    report = Report()
    genres = read_genres(tmp_path / "genres.list.gz", ["Gone (2010)", "Film 7 (1999)"], report)
    assert genres == {"Gone (2010)": ("Drama",), "Film 7 (1999)": ("Drama",)}


@pytest.mark.parametrize(
    ("line", "kind", "year"),
    [
        ("-30- (1959)", "film", 1959),
        ("$ (1971/XXII)", "film", 1971),
        ("Game (1999) (VG)", "video-game", 1999),
        ('"Show" (????)', "series", None),
        ('"Show" (2004/II) {9:00 p.m. (#1.22)} {{SUSPENDED}}', "episode", 2004),
        ('"Show" (2004) {(2005-03-02)}', "episode", 2004),
    ],
)
def test_a_title_says_its_kind(line: str, kind: str, year: int | None) -> None:
    title = parse_title(line)
    assert title is not None
    assert (title.kind, title.year) == (kind, year)


def test_a_giant_title_is_refused_in_time() -> None:
    start = time.process_time()
    assert parse_title("A" + " (1999) {x}" * 50_000 + " y") is None
    assert time.process_time() - start < 5


def test_spellings_of_a_genre_are_one() -> None:
    assert {normalize_genre(name) for name in ("Reality-tv", "Reality-TV", "reality-tv")} == {
        "Reality-TV"
    }
    assert normalize_genre("Sci-Fi") == "Sci-Fi"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("MV: A (1999)\n\nPL: a\n\nMV: B (2000)\n\nPL: b\n\n" + RULE, "line 5.*no line of dashes"),
        (RULE + "MV: A (1999)\n\nPX: a\n\n" + RULE, "line 6.*MV, PL, BY"),
        (RULE + "MV: No year\n\nPL: a\n\n" + RULE, "line 6.*no year in parentheses"),
        (
            RULE + "MV: A (1999)\n\n" + RULE + "PL: a\n\n" + RULE,
            "line 6.*'PL: a' comes after the dashes",
        ),
        (
            RULE + "MV: A (1999)\n\n" + RULE + "\nPL: a\n\n" + RULE,
            "line 6.*'PL: a' comes after the dashes",
        ),
        (
            RULE + "MV: A (1999)\n\nPL: a\nPL: b\n\n" + RULE + "MV: B\n\n" + RULE,
            "line 12.*no year in parentheses",
        ),
    ],
)
def test_a_malformed_record_is_reported_with_its_line(
    tmp_path: Path, body: str, message: str
) -> None:
    write_lists(tmp_path, ENTRIES, ".list")
    (tmp_path / "plot.list").write_text(HEADER + body, encoding="iso-8859-1")
    with pytest.raises(UserError, match=message):
        films(tmp_path)
    assert films(tmp_path, Report(max_malformed=1)) is not None


def test_lines_of_plots_need_no_empty_lines_between_them(tmp_path: Path) -> None:
    write_lists(tmp_path, [], ".list")
    body = f"{RULE}MV: A (1999)\nPL: one\nPL:  more\nBY: B\nPL: two\n\nPL: th\0ree\n{RULE}\n{RULE}"
    (tmp_path / "plot.list").write_text(HEADER + body, encoding="iso-8859-1")
    report = Report()
    assert [film.text for film in films(tmp_path, report)] == ["one  more", "two", "three"]
    assert not report.malformed


def test_a_row_without_a_tab_is_malformed(tmp_path: Path) -> None:
    path = tmp_path / "genres.list"
    path.write_text("guide\n8: THE GENRES LIST\n=====\n\nA (1999)\tDrama\nB (2000) Comedy\n")
    report = Report(max_malformed=1)
    assert read_genres(path, ["A (1999)"], report) == {"A (1999)": ("Drama",)}
    assert "line 6" in report.malformed[0]


def test_what_a_truncated_list_still_holds_is_kept(tmp_path: Path) -> None:
    write_lists(tmp_path, [Entry(f"Film {n} (1999)", [("Text.", "A")], ()) for n in range(9999)])
    path = tmp_path / "plot.list.gz"
    path.write_bytes(path.read_bytes()[:-2000])
    report = Report(max_malformed=3)
    kept = sum(1 for _ in read_plots(path, report))
    assert kept > 1000
    (place,) = report.malformed
    # the first title stands in line 16, and each block has seven lines
    assert f"plot.list.gz, line {16 + 7 * kept}: it breaks off" in place


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plot.list"
    path.write_text("<html>not found</html>")
    with pytest.raises(UserError, match=r"is not IMDb's plot\.list"):
        list(read_plots(path, Report()))
    with pytest.raises(UserError, match=r"is not IMDb's genres\.list"):
        read_genres(path, [], Report())


CHARACTERS = st.characters(
    codec="iso-8859-1", exclude_categories=["Cc", "Zs"], include_characters=" "
)
TEXTS = st.text(CHARACTERS, min_size=1)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1900, 2017), TEXTS), max_size=5, unique_by=lambda x: x[0]))
def test_any_text_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    write_lists(folder, [Entry(f"T ({year})", [(text, None)], ("Drama",)) for year, text in rows])
    found = {film.year: film.text.split() for film in films(folder)}
    written = {year: text.split() for year, text in rows}
    assert {year: words for year, words in found.items() if words} == {
        year: words for year, words in written.items() if words
    }


@settings(max_examples=150)
@given(st.binary(max_size=300), st.integers(0, 2000), st.booleans())
def test_no_bytes_make_it_crash(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int, packed: bool
) -> None:
    folder = tmp_path_factory.mktemp("noise")
    write_lists(folder, ENTRIES, ".list")
    for path in folder.iterdir():
        whole = path.read_bytes()
        corrupted = whole[:place] + noise + whole[place + len(noise) :]
        path.write_bytes(gzip.compress(corrupted) if packed else corrupted)
    try:
        films(folder, Report(max_malformed=10))
    except UserError as error:
        assert str(error)
