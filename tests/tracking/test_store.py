"""A store that was moved, corrupted, restored or named oddly loses nothing, and says what to do."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from imdb_genres.cli import mlflow_server, ui
from imdb_genres.errors import UserError
from imdb_genres.experiments.results import read_result
from imdb_genres.hashing import short_hash
from imdb_genres.registry.champion import registered_models
from imdb_genres.registry.find_model import find_model
from imdb_genres.registry.tracker import CONFIG, TRACKER
from imdb_genres.tracking import identity
from imdb_genres.tracking import sync as synchronising
from imdb_genres.tracking.address import database_path, redact, tracking_uri
from imdb_genres.tracking.journal import Journal
from imdb_genres.tracking.opening import check_location, create_database, store_errors
from imdb_genres.tracking.spawn import uploader_lock
from imdb_genres.tracking.sync import relocate
from imdb_genres.tracking.uploader import Uploader
from tests.support import commands
from tests.support.tracked_runs import (
    CURVE,
    NOWHERE,
    ROWS,
    commit,
    curve,
    environment,
    evaluate,
    git,
    keep_experiment,
    make_workspace,
    open_store,
    run_untracked,
    runs,
    sync,
    train,
    write_lock,
    write_results,
)

pytestmark = pytest.mark.slow  # together they take minutes


def leave_a_result(name: str) -> None:
    """Keep an experiment that nobody tracked."""
    run_untracked(name)
    keep_experiment(name)


def test_a_moved_project_is_noticed_and_relocated(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train()
    (run,) = runs()
    moved = workspace.with_name("moved %20 project")
    workspace.rename(moved)
    monkeypatch.chdir(moved)
    with pytest.raises(UserError, match="--relocate"):
        synchronising.sync(CONFIG)
    assert relocate(CONFIG) == workspace
    assert relocate(CONFIG) is None
    shutil.rmtree("model")
    assert find_model(run.info.run_id).is_relative_to(moved)
    assert (
        open_store()
        .client.get_run(run.info.run_id)
        .info.artifact_uri.startswith((moved / "mlartifacts").as_uri())
    )
    assert not workspace.exists()


def test_a_store_that_cannot_be_relocated_is_one_message(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync()
    moved = workspace.with_name("moved")
    workspace.rename(moved)
    monkeypatch.chdir(moved)

    with closing(sqlite3.connect("mlflow.db")) as database:
        (version,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        with database:
            database.execute("UPDATE alembic_version SET version_num = 'newer'")
        with pytest.raises(UserError, match="newer"):
            relocate(CONFIG)
        with database:
            database.execute("UPDATE alembic_version SET version_num = ?", [version])

    def locked(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(synchronising, "_replace_prefix", locked)
    with pytest.raises(UserError, match="is locked"):
        relocate(CONFIG)


@pytest.mark.parametrize("name", ["a?b", "a#b", "a b%20c", "o'brien & söhne"])
def test_a_folder_of_any_name_holds_its_store(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch, name: str, workspace: Path
) -> None:
    folder = tmp_path / "others" / name
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    make_workspace()
    assert database_path(tracking_uri()) == folder / "mlflow.db"
    shutil.copyfile(database, "mlflow.db")
    train()
    shutil.rmtree("model")
    assert find_model(runs()[0].info.run_id).is_relative_to(folder)
    assert [path.name for path in folder.parent.iterdir()] == [name]


@pytest.mark.parametrize("folder", ["{workspace}/stores/", "stores/"])
def test_a_database_with_options_in_its_address_is_one_file(workspace: Path, folder: str) -> None:
    (workspace / "stores").mkdir()
    shutil.copyfile("mlflow.db", "stores/films.db")
    address = f"sqlite:///{folder.format(workspace=workspace)}films.db?timeout=30"
    with environment(MLFLOW_TRACKING_URI=address):
        train()
        assert len(runs()) == 1
    assert [path.name for path in Path("stores").iterdir()] == ["films.db"]


def empty_old_schema(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")


@pytest.mark.parametrize(
    "corrupt",
    [
        lambda path: path.write_bytes(b"garbage" * 1000),
        lambda path: path.write_bytes(b""),
        lambda path: path.mkdir(),
        empty_old_schema,
    ],
    ids=["garbage", "empty", "folder", "schema"],
)
def test_a_corrupt_database_is_one_message_everywhere(
    workspace: Path, corrupt: Callable[[Path], object]
) -> None:
    path = workspace / "mlflow.db"
    path.unlink()
    corrupt(path)
    actions: list[Callable[[], object]] = [
        lambda: synchronising.sync(CONFIG),
        ui.sync_and_list_pages,
        registered_models,
        lambda: find_model("models:/imdb-genres@champion"),
        lambda: read_result("main-1234567"),
    ]
    for action in actions:
        with pytest.raises(UserError, match=r"mlflow\.db") as raised:
            action()
        assert "\n" not in str(raised.value)


def test_a_bug_is_not_taken_for_an_error_of_the_store() -> None:
    with pytest.raises(KeyError), store_errors():
        raise KeyError("wrong")
    with pytest.raises(UserError, match="No module named 'psycopg2'"), store_errors():
        raise ModuleNotFoundError("No module named 'psycopg2'")


def test_a_store_restored_from_a_backup_gets_what_it_lacks(workspace: Path) -> None:
    leave_a_result("first")
    sync()
    shutil.copyfile("mlflow.db", "mlflow.db.backup")
    leave_a_result("second")
    assert sync() == {"added": 1}
    shutil.copyfile("mlflow.db.backup", "mlflow.db")
    assert sync() == {"added": 1}
    assert {run.info.run_name for run in runs()} == {"first", "second"}


def test_an_experiment_with_an_apostrophe_is_tracked_and_found(workspace: Path) -> None:
    with environment(DVC_EXP_NAME="o'brien"):
        train()
        evaluate()
    write_lock()
    keep_experiment("o'brien")
    sync()
    (run,) = runs()
    assert run.info.run_name == "o'brien" and run.data.metrics["accuracy"] == 0.6
    assert find_model("o'brien").exists()
    assert ui.sync_and_list_pages()


def test_a_project_in_a_sub_folder_of_a_repository_is_synchronised(
    tmp_path: Path, database: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = tmp_path / "outer"
    inner = outer / "projects" / "films"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    make_workspace()
    shutil.rmtree(".git")
    monkeypatch.chdir(outer)
    git("init", "-q", "-b", "main")
    git("config", "user.name", "a")
    git("config", "user.email", "b")
    monkeypatch.chdir(inner)
    commit()
    shutil.copyfile(database, "mlflow.db")
    leave_a_result("inner")
    assert sync() == {"added": 1}
    (run,) = runs()
    assert run.info.run_name == "inner"
    assert curve(run) == CURVE and run.data.metrics["accuracy"] == 0.6
    names = [file.path for file in open_store().client.list_artifacts(run.info.run_id, "metrics")]
    assert "metrics/scores.json" in names
    (outer / "README.md").write_text("not of this project")
    Path("dvc.lock").write_text("generated")
    tags = identity.new_record(CONFIG, {}).tags
    changed = tags.get("git.changed", "")
    assert "README.md" not in changed and "dvc.lock" not in changed
    Path("stages/träin.py").write_text("")
    assert "stages/träin.py" in identity.new_record(CONFIG, {}).tags["git.changed"].split(", ")


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ann:s3cret@db.example.org/mlflow",
        "API request to http://ann:s3cret@host:5000/api failed",
        "ftp://ann:p@s3cret@mirror.example.org/lists",
        "https://s3cret@github.com/x/y.git",
        "https://host/x?token=s3cret&a=1",
    ],
)
def test_no_secret_is_in_a_message(text: str) -> None:
    assert "s3cret" not in redact(text)


def test_no_secret_is_in_a_run(workspace: Path) -> None:
    address = "ftp://ann:s3cret@mirror.example.org/"
    params = Path("params.yaml")
    params.write_text(params.read_text().replace("path: films.csv", f'path: "{address}"'))
    with pytest.raises(OSError, match="refused"), TRACKER.training():
        raise OSError(f"{address} refused the connection")
    (run,) = runs()
    assert "s3cret" not in json.dumps(run.to_dictionary())
    assert "mirror.example.org" in run.data.params["download.table.path"]


def test_the_server_s_password_is_not_on_its_command_line() -> None:
    assert not any("sqlite" in word or "://" in word for word in mlflow_server.server_command(5000))
    uri = "postgresql://ann:s3cret@db/mlflow"
    assert uri in mlflow_server.store_environment(uri).values()


def test_a_read_only_database_is_shown_as_a_copy(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    train()
    monkeypatch.setattr(ui, "is_read_only", lambda path: True)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    before = Path("mlflow.db").read_bytes()
    with ui.copy_if_read_only() as is_copy:
        assert "read-only" in capsys.readouterr().out
        assert is_copy and ui.sync_and_list_pages(is_copy)
        copy = database_path(tracking_uri())
        assert copy and copy.exists()
    assert not copy.parent.exists()
    assert Path("mlflow.db").read_bytes() == before
    assert not Path(".dvc/tmp/synced").exists()


@pytest.mark.usefixtures("journals_stay")
def test_another_uploader_finishes_what_a_dead_one_began() -> None:
    with TRACKER.training() as run:
        run.log_epoch(ROWS[0])
        Uploader(CONFIG).attempt(next(Journal.all()))  # and dies
        run.log_epoch(ROWS[1])
        run.log_epoch(ROWS[2])
        write_results()
    assert runs()[0].info.status == "RUNNING"
    Uploader(CONFIG).attempt(next(Journal.all()))
    (whole,) = runs()
    assert whole.info.status == "FINISHED" and curve(whole) == CURVE
    assert list(Journal.all()) == []


@pytest.mark.usefixtures("journals_stay")
def test_an_epoch_that_a_stage_logs_again_makes_one_more_run_at_most() -> None:
    with TRACKER.training() as run:
        for loss in (2.0, 1.0):
            run.log_epoch({"epoch": 1, "loss/train": loss})
            for _ in range(2):
                Uploader(CONFIG).attempt(next(Journal.all()))
        write_results()
    assert sorted(curve(run, "loss/train") for run in runs()) == [[(1, 1.0)], [(1, 2.0)]]


@pytest.mark.usefixtures("journals_stay")
def test_an_incomplete_line_is_left_for_later() -> None:
    with TRACKER.training() as run:
        run.log_epoch(ROWS[0])
        journal = next(Journal.all())
        with (journal.folder / "journal.jsonl").open("a") as file:
            file.write('{"points": [["loss/tr')
        record = journal.read()
        assert record and record.status == "RUNNING"
        assert len(record.points) == len(ROWS[0]) - 1
        write_results()


END = {"status": "FINISHED", "ended": 1700000001000}
FORMER_TAGS = {"dvc.train_key": "k", "dvc.model_md5": "m", "restore": "dvc exp apply old-elf"}


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ({"points": [["accuracy/train", 0.5, 1, 1700000000000]], **END}, []),
        (
            {"stage": "train", "store": None, "status": "RUNNING", "ended": None},
            [{"points": [["accuracy/train", 0.5, 1, 1700000000000]]}, {"tags": FORMER_TAGS, **END}],
        ),
    ],
    ids=["a record alone", "a record with its stage, and lines"],
)
def test_a_journal_of_a_former_version_is_uploaded(
    workspace: Path, more: dict[str, object], lines: list[dict[str, object]]
) -> None:
    write_results()
    folder = Path(".dvc/tmp/tracking/1700000000000-77")
    record = {
        "name": "old-elf",
        "params": {"seed": "7"},
        "tags": FORMER_TAGS,
        "points": [],
        "datasets": [],
        "run_id": None,
        "started": 1700000000000,
        **more,
    }
    shutil.copytree("model", folder / "model")
    shutil.copytree("metrics", folder / "artifacts" / "metrics")
    (folder / "record.json").write_text(json.dumps(record))
    if lines:
        (folder / "journal.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert sync()["uploaded"] == 1
    (run,) = runs()
    assert run.info.run_name == "old-elf" and run.info.status == "FINISHED"
    assert curve(run) == [(1, 0.5)]
    assert find_model("old-elf").exists()
    assert not folder.exists()


def test_an_uploader_does_not_wait_for_a_dead_stage_of_another_store(workspace: Path) -> None:
    with environment(MLFLOW_TRACKING_URI=NOWHERE):
        record = identity.new_record(CONFIG, {"process.pid": str(2**22 + 1)})  # above any pid
        journal = Journal.new(record)
        journal.write_head(record)
        assert not Uploader(CONFIG).attempt(journal)  # which would keep it running
    assert not Uploader(CONFIG).attempt(journal)
    assert runs() == []
    assert not synchronising.sync(CONFIG, every_store=False).counts
    assert list(Journal.all())
    assert sync() == {"uploaded": 1}
    assert runs()[0].info.status == "KILLED"


def test_an_uploader_does_not_wait_for_a_run_of_another_host(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = identity.new_record(CONFIG, {"process.host": "a container"})
    journal = Journal.new(record)
    journal.write_head(record)
    assert not Uploader(CONFIG).attempt(journal)
    with environment(MLFLOW_TRACKING_URI=NOWHERE):
        record.store = short_hash(NOWHERE)
        journal.write_head(record)
        uploader = Uploader(CONFIG)
        assert not uploader.attempt(journal)  # the store is down
        assert not uploader.attempt(journal)  # the store was down a moment ago
    _, _, advice = commands.run(capsys, "sync")
    assert "a container" in advice
    subprocess.run(advice.split("`")[1], shell=True, check=True)
    assert sync() == {"uploaded": 1}
    assert runs()[0].info.status == "KILLED"


def test_a_journal_is_left_to_the_uploader_of_its_own_store(workspace: Path) -> None:
    with environment(MLFLOW_TRACKING_URI=NOWHERE):
        record = identity.new_record(CONFIG, {"process.pid": str(2**22 + 1)})
        Journal.new(record).write_head(record)
        lock = uploader_lock(timeout=0)
    with lock:
        assert sync() == {}
    assert sync() == {"uploaded": 1}


def test_a_corrupt_journal_does_not_hold_up_others(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(".dvc/tmp/tracking/1-1")
    folder.mkdir(parents=True)
    (folder / "record.json").write_text("{")
    train()
    (run,) = runs()
    assert run.info.status == "FINISHED"
    counts, problems = synchronising.sync(CONFIG)
    assert not counts and "1-1" in problems[0]
    listed = list(Journal.all())
    shutil.rmtree(folder)
    monkeypatch.setattr(Journal, "all", lambda: listed)  # as if an uploader had just removed it
    assert sync() == {}


def test_a_server_with_a_folder_of_another_machine_is_refused(workspace: Path) -> None:
    create_database(tracking_uri())
    client = open_store().client
    client.rename_experiment(open_store().experiment_id, "other")
    client.create_experiment(CONFIG.experiment, "file:///nowhere/else/mlartifacts")
    experiment = client.get_experiment_by_name(CONFIG.experiment)
    assert experiment
    with pytest.raises(UserError, match="/nowhere/else"):
        check_location(CONFIG, experiment, "http://example.org")
