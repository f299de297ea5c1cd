"""The models on offer, while `dvc repro` replaces that of the workspace."""

import shutil
from pathlib import Path

import pytest

from imdb_genres.demo.catalogue import Catalogue
from imdb_genres.errors import UserError
from tests.support.model_folders import make_model


def test_while_the_model_is_retrained_the_page_says_that_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_model(Path("model"))
    monkeypatch.setattr(Catalogue, "registered_choices", lambda catalogue: [])
    catalogue = Catalogue()
    assert catalogue.predictor("model").genres
    shutil.rmtree("model")
    for look_up in (catalogue.predictor, catalogue.card):
        with pytest.raises(UserError, match="no model"):
            look_up("model")
    make_model(Path("model"))
    assert catalogue.predictor("model").genres
