"""The whole pipeline on IMDb's lists, from servers on this machine."""

import json
import random
from pathlib import Path

import pytest

from benchmarks.lists import Entry, write_lists
from imdb_genres.dvc_repo.lockfile import dependency_hashes, output_hashes, read_lock
from tests.support.clone import clone, dvc
from tests.support.servers import ftp_server, http_server

WORDS = {
    "Western": "sheriff ranch horse saloon cattle",
    "Horror": "ghost cellar scream blood grave",
    "Comedy": "wedding mishap neighbour prank holiday",
}
FILMS = 120


def entries() -> list[Entry]:
    draw = random.Random(1)
    rows = []
    for number in range(FILMS):
        genre = draw.choice(list(WORDS))
        text = " ".join(draw.choices(WORDS[genre].split(), k=30))
        rows.append(Entry(f"Film {number} (19{number % 100:02})", [(text, "Ann")], (genre,)))
    return rows


@pytest.mark.slow
def test_an_experiment_runs_on_lists_from_http_and_ftp(tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    write_lists(tmp_path / "shelf", entries())
    root = clone(tmp_path / "clone")
    locks = []
    for server in (http_server, ftp_server):
        with server(tmp_path / "shelf") as (url, _):
            changes = ["download.source=imdb", f"sources.yaml:imdb.mirrors=[{url}]"]
            options = [f"--set-param={change}" for change in changes]
            dvc(root, "exp", "run", *options, TRACKING="off")
        locks.append(read_lock(root / "dvc.lock"))
    assert json.loads((root / "data/parse.json").read_text())["descriptions"] == FILMS
    assert json.loads((root / "metrics/scores.json").read_text())["hit_rate"] > 0.5
    assert output_hashes(locks[0], "download") == output_hashes(locks[1], "download")
    assert dependency_hashes(locks[0], "download") != dependency_hashes(locks[1], "download")
