"""A file or folder is replaced completely or not at all, also when the disk is full."""

import errno
from pathlib import Path

import pytest

from imdb_genres.io.atomic import atomic_replace, write_json


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_full_disk_keeps_the_earlier_output_and_leaves_no_temporary_file(
    tmp_path: Path, kind: str
) -> None:
    target = tmp_path / "output"
    part = target if kind == "file" else target / "weights"
    part.parent.mkdir(exist_ok=True)
    part.write_text("earlier")
    with pytest.raises(OSError), atomic_replace(target) as temporary:
        if kind == "folder":
            temporary.mkdir()
        (temporary / "weights" if kind == "folder" else temporary).write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert part.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [target]


def test_remains_of_a_killed_process_are_replaced(tmp_path: Path) -> None:
    (tmp_path / ".scores.json.part").write_text("half")
    write_json(tmp_path / "scores.json", {"b": 1, "a": "é"})
    assert (tmp_path / "scores.json").read_bytes() == '{\n  "a": "é",\n  "b": 1\n}\n'.encode()
    assert len(list(tmp_path.iterdir())) == 1
