"""The uploader outlives the stage that started it, and the folder that the stage ran in."""

from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from imdb_genres.tracking import spawn


@pytest.mark.parametrize("workspace", ["tmpa1b2", "standalone/tmpa1b2"], ids=["queue", "temp"])
@pytest.mark.parametrize("project", ["", "films"], ids=["root", "sub-folder"])
def test_it_runs_the_main_checkout_s_code_and_not_a_temporary_workspace_s(
    workspace: str, project: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / ".dvc/tmp/exps" / workspace
    for root in (tmp_path, temporary):
        (root / project / "package").mkdir(parents=True)
        (root / project / "package" / "uploader.py").touch()
    spec = ModuleSpec("uploader", None, origin=f"{temporary / project}/package/uploader.py")
    monkeypatch.setattr(spawn, "find_spec", lambda module: spec)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    assert spawn._code_folder("package.uploader") == tmp_path / project
