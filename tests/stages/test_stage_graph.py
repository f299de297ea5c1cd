"""DVC re-runs the stages that a change affects, and no others."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import networkx
import pytest
import yaml
from dvc.dependency import ParamsDependency
from dvc.repo import Repo

from imdb_genres.dvc_repo.lockfile import read_lock
from imdb_genres.params.data import Download
from tests.support.params import PARAMS, values_with

ROOT = PARAMS.parent
STAGES = list(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])
SOURCES = get_args(Download.model_fields["source"].annotation)
# these carry, check and report what the stages decide, and decide nothing themselves; an edit of how
# files are transferred downloads nothing again, because sources.yaml fixes their content
CARRIERS = {
    "dvc_repo",
    "errors",
    "params",
    "paths",
    "registry",
    "stage",
    "startup",
    "tracking",
}
CARRIER_MODULES = {
    "imdb_genres",
    "imdb_genres.download",
    "imdb_genres.download.checksums",
    "imdb_genres.download.downloader",
    "imdb_genres.download.encoders",
    "imdb_genres.download.transports",
    "imdb_genres.download.wheels",
    "imdb_genres.io",
    "imdb_genres.io.atomic",
    "imdb_genres.io.yaml",
    "imdb_genres.progress",
}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository in which all stages are up to date, their outputs being empty files."""
    root = tmp_path_factory.mktemp("repo")
    for name in ("stages", "imdb_genres", "examples"):
        (root / name).symlink_to(ROOT / name)
    for name in ("dvc.yaml", "params.yaml", "sources.yaml", ".dvcignore"):
        (root / name).write_bytes((ROOT / name).read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        repo = Repo.init(no_scm=True)
        for out in repo.index.outs:
            path = Path(out.fs_path)
            path.parent.mkdir(exist_ok=True)
            path.write_text("")
        repo.commit(force=True)
        yield root


def repo_with(root: Path, changes: dict[str, Any]) -> Repo:
    (root / "params.yaml").write_text(yaml.safe_dump(values_with(changes)))
    return Repo()


def reruns(repo: Repo) -> list[str]:
    """Return the stages that ``dvc repro`` would run: those that changed, and all below them."""
    changed = repo.status()
    graph = repo.index.graph.reverse()
    stages = {stage for stage in graph if stage.addressing in changed}
    stages |= {below for stage in stages for below in networkx.descendants(graph, stage)}
    return sorted((stage.name for stage in stages), key=STAGES.index)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "first"),
    [
        ({}, None),
        ({"download.source": "wikipedia"}, "download"),
        ({"parse.min_words": 20}, "parse"),
        ({"label.min_films": 100}, "label"),
        ({"split.test": 0.3}, "split"),
        ({"balance.strategy": "none"}, "balance"),
        ({"tokenize.max_words": 5000}, "tokenize"),
        ({"train.dropout": 0.5}, "train"),
        ({"evaluate.bootstrap_resamples": 10}, "evaluate"),
        ({"seed": 8}, "label"),
    ],
    ids=str,
)
def test_a_parameter_reruns_its_stage_and_those_below(
    change: dict[str, Any], first: str | None, root: Path
) -> None:
    assert reruns(repo_with(root, change)) == (STAGES[STAGES.index(first) :] if first else [])


@pytest.mark.slow
def test_every_parameter_has_a_stage_that_reads_it(root: Path) -> None:
    choices = [{"download.source": source} for source in SOURCES]
    deps = [dep for choice in choices for dep in repo_with(root, choice).index.deps]
    read = {f"{key}." for dep in deps if isinstance(dep, ParamsDependency) for key in dep.params}
    unread = [key for key in leaves(values_with({})) if not f"{key}.".startswith(tuple(read))]
    assert unread == []


def leaves(values: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


@pytest.mark.parametrize("stage", STAGES)
def test_every_module_that_a_stage_imports_is_among_its_dependencies(stage: str) -> None:
    deps = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"][stage]["deps"]
    watched = {ROOT / dep for dep in deps}
    modules = reachable(f"stages.{stage}")
    for folder in filter(Path.is_dir, watched):  # its modules may be chosen by name
        modules |= set().union(*map(reachable, map(module_of, folder.rglob("*.py"))))
    unwatched = {m for m in modules if not watched & {file_of(m), *file_of(m).parents}}
    assert unwatched == set()
    idle = {path for path in watched if path.suffix == ".py" and "$" not in path.name}
    assert idle == idle & {file_of(module) for module in modules}


def test_modules_that_are_chosen_at_run_time_are_dependencies() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    assert "imdb_genres/download/sources" in stages["download"]["deps"]
    assert "imdb_genres/corpora" in stages["parse"]["deps"]
    assert "imdb_genres/networks" in stages["train"]["deps"]


def test_a_mistyped_parameter_is_reported_by_the_stage_and_not_by_dvc() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    deps = {dep for stage in stages.values() for dep in stage["deps"]}
    assert {dep for dep in deps if "$" in dep} == {"${download.table.path}"}


def test_readers_and_downloads_do_not_rerun_each_other() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    assert not any("corpora" in dep for dep in stages["download"]["deps"])
    assert not any("download" in dep for dep in stages["parse"]["deps"])
    assert not any(
        module.startswith("imdb_genres.download") for module in reachable("stages.parse")
    )
    assert not any(
        module.startswith("imdb_genres.corpora") for module in reachable("stages.download")
    )


def reachable(module: str) -> set[str]:
    """Return ``module`` and what it imports of ours, directly or not, carriers left out."""
    found, left = set(), {module}
    while left:
        found.add(module := left.pop())
        left |= {name for name in imported(module) - found if not carries(name)}
    return found


def carries(module: str) -> bool:
    return module in CARRIER_MODULES or module.split(".")[1] in CARRIERS


@cache
def imported(module: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file_of(module).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {
        name
        for name in names
        if name.startswith(("stages.", "imdb_genres.")) and file_of(name).exists()
    }


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def file_of(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def test_dvc_lock_names_no_stage_that_is_gone() -> None:
    assert set(read_lock(ROOT / "dvc.lock")) == set(STAGES)  # DVC itself leaves them there


def test_every_stage_is_restored_from_the_run_cache() -> None:
    """DVC never caches the run of a stage with an uncached output, unless it is a metric or plot."""
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    uncached = [
        output
        for stage in stages.values()
        for output in stage.get("outs", [])
        if isinstance(output, dict) and not all(o.get("cache", True) for o in output.values())
    ]
    assert not uncached
