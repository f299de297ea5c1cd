"""The tables that map a corpus's categories to IMDb's genres are complete and well formed."""

from pathlib import Path

import pytest

from imdb_genres.corpora.base import Report
from imdb_genres.corpora.genre_mapping import TABLES, canonical_genres, read_table
from imdb_genres.errors import UserError

GENRES = {
    "Action", "Adventure", "Animation", "Biography", "Comedy", "Crime", "Documentary", "Drama",
    "Family", "Fantasy", "History", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller",
    "War", "Western",
}  # fmt: skip


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_every_table_leads_to_all_of_imdbs_genres_and_no_other(path: Path) -> None:
    table = read_table(path)
    assert {genre for genres in table.values() for genre in genres} == GENRES
    assert list(table) == sorted(table, key=str.lower)


def test_categories_become_genres_in_their_order_each_once() -> None:
    report = Report()
    categories = ["Romantic comedy", "Black-and-white", "Comedy", "Crime Thriller", "Haiku film"]
    genres = canonical_genres(categories, "freebase_genres.tsv", report)
    assert genres == ("Romance", "Comedy", "Crime", "Thriller")
    assert report.unmapped == {"Haiku film": 1}
    assert report.ignored == {"Black-and-white": 1}


@pytest.mark.parametrize(
    "line", ["Haiku film", "Haiku film\t", "Tide\tWar", "Haiku film\tWar,Drama ", "Haiku film\tWar, "]
)  # fmt: skip
def test_a_line_of_another_form_is_reported(line: str, tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text(f"category\tgenres\nTide\tWar, Drama\n{line}\n")
    with pytest.raises(UserError, match=r"table.tsv, line 3: .* expected a category"):
        read_table(path)
