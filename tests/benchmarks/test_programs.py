"""The programs of `make bench`: their commands, what they write, and what an ablation undoes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks import growth, pipeline, tracking
from benchmarks.ablations import ABLATIONS
from benchmarks.measure import Cost

SETTINGS = """
import gc, json, os, sys
print(json.dumps({
    "garbage collector": gc.get_threshold()[0] == 100_000,
    "OpenBLAS": "OPENBLAS_THREAD_TIMEOUT" in os.environ,
    "matplotlib": "pandas" not in sys.modules,
}))
"""


def test_programs_run_with_a_python_in_a_folder_with_a_space(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commands: list[list[str]] = []

    def record(command: list[str]) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(sys, "executable", "/a b/bin/python")
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    monkeypatch.setattr(subprocess, "run", record)
    bench.main()
    assert all(command[:2] == ["/a b/bin/python", "-m"] for command in commands)
    assert ["--only", "train stage, 1 thread"] in [command[-2:] for command in commands]


def test_paths_with_a_space_are_quoted_for_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = tmp_path / "a b"
    subprocess.run(["git", "init", "--quiet", origin], check=True)
    monkeypatch.setattr(pipeline, "repository_root", lambda: origin)
    command = pipeline.fresh_clone([sys.executable, "-c", "print('in the clone')"])
    result = subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.PIPE)
    assert result.stdout == b"in the clone\n"
    monkeypatch.setattr(sys, "executable", f"{origin}/bin/python")
    result = subprocess.run(tracking.shell('echo "$PATH"'), check=True, stdout=subprocess.PIPE)
    assert result.stdout.decode().startswith(f"{origin}/bin:")


def test_the_growth_chart_is_drawn_only_if_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(growth, "stage_costs", lambda texts: {"train": Cost(1, texts, 1)})
    monkeypatch.setattr(sys, "argv", ["growth", "--texts", "10", "20"])
    growth.main()
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(sys, "argv", [*sys.argv, "--picture", "growth.svg"])
    growth.main()
    assert (tmp_path / "growth.svg").read_text().startswith("<svg")


def test_growth_of_one_size_is_refused_before_it_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["growth", "--texts", "10", "10"])
    monkeypatch.setattr(growth, "stage_costs", lambda texts: pytest.fail("measured"))
    with pytest.raises(SystemExit) as refusal:
        growth.main()
    assert refusal.value.code == 2


@pytest.mark.parametrize("trick", ["garbage collector", "matplotlib", "OpenBLAS"])
def test_an_ablation_undoes_its_own_trick_only(trick: str) -> None:
    [ablation] = [each for each in ABLATIONS if each.trick.startswith(trick)]
    command = [sys.executable, "-c", f"{ablation.without}\n{SETTINGS}"]
    settings = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    assert [name for name, kept in settings.items() if not kept] == [trick]
