"""A logged model predicts the same in process, by command and over HTTP."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mlflow.entities import LoggedModel

from imdb_genres.inference.predictor import Predictor
from imdb_genres.registry.log_model import LIBRARIES, write_package
from imdb_genres.registry.served_code import save_code
from tests.support.model_folders import SPEAKS_FOR, make_model
from tests.support.ports import free_port

pytestmark = pytest.mark.slow

TEXTS = [
    "A retired gunman and a sheriff",
    "",
    "a ghost\n\0 \x1b[31m <script>alert(1)</script>",
    "Призрак в старом доме 西部劇 knife",
    "clumsy " * 1500,
]
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("trained") / "model")


@pytest.fixture(scope="module")
def package(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model as it is logged, in a place that knows nothing of the repository."""
    logged = tmp_path_factory.mktemp("logged")
    target = logged / "package"
    save_code(logged / "code")
    write_package(
        folder,
        logged / "code",
        target,
        LoggedModel("1", f"m-{'0' * 32}", "model", "file:///none", 0, 0),
    )
    return target


@pytest.fixture(scope="module")
def address(package: Path) -> Iterator[str]:
    """The address of a server that answers with the model."""
    port = free_port()
    command = ["mlflow", "models", "serve", "-m", str(package), "--env-manager", "local"]
    server = subprocess.Popen(
        [*command, "--port", str(port)],
        env=ENVIRONMENT,
        cwd=package.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield wait_for(f"http://127.0.0.1:{port}")
    finally:
        os.killpg(server.pid, 15)
        server.wait(20)


def wait_for(address: str) -> str:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/ping", timeout=5).close()
            return address
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not start")


def post(address: str, body: bytes) -> tuple[int, Any]:
    """Return the status and the JSON that the server answers."""
    request = urllib.request.Request(
        f"{address}/invocations", body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def ask(address: str, texts: list[str]) -> list[dict[str, Any]]:
    status, answer = post(address, json.dumps({"inputs": texts}).encode())
    assert status == 200, answer
    predictions: list[dict[str, Any]] = answer["predictions"]
    return predictions


def numbers(predictions: list[dict[str, Any]]) -> np.ndarray:
    return np.array([[row[genre] for genre in SPEAKS_FOR] for row in predictions], np.float32)


def test_the_package_is_json_text_hdf5_and_code_that_needs_no_tensorflow(package: Path) -> None:
    files = [path for path in package.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {"", ".h5", ".json", ".py", ".txt", ".yaml"}
    assert (package / "artifacts/model/network.weights.h5").exists()
    required = (package / "requirements.txt").read_text().split()
    assert {line.split("==")[0] for line in required} == set(LIBRARIES)


def test_process_command_and_http_answer_with_the_same_numbers(
    folder: Path, package: Path, address: str, tmp_path: Path
) -> None:
    expected = Predictor.load(folder).predict_proba(TEXTS)
    asked = tmp_path / "asked.json"
    asked.write_text(json.dumps({"inputs": TEXTS}))
    command = ["mlflow", "models", "predict", "-m", str(package), "--env-manager", "local"]
    answered = subprocess.run(
        [*command, "--input-path", str(asked)],
        env=ENVIRONMENT,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    by_command = json.loads(answered.stdout.splitlines()[-1])["predictions"]
    assert [row["genre"] for row in by_command][:3] == ["Western", "Comedy", "Horror"]
    assert (numbers(by_command) == expected).all()
    by_server = ask(address, TEXTS)
    assert (numbers(by_server) == expected).all()
    for answers in (by_command, by_server):
        reasons = [row["cannot_tell"] for row in answers]
        assert "empty" in reasons.pop(1) and reasons == [None] * 4


def test_fifty_concurrent_requests_get_their_own_predictions(folder: Path, address: str) -> None:
    words = [word for words in SPEAKS_FOR.values() for word in words]
    texts = [f"{words[number % 9]} {words[number % 7]}" for number in range(50)]
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda text: ask(address, [text]), texts))
    found = numbers([row for answer in answers for row in answer])
    assert (found == Predictor.load(folder).predict_proba(texts)).all()


def test_ten_megabytes_of_text_are_answered(address: str) -> None:
    (answer,) = ask(address, ["knife " * 1_700_000])
    assert answer["genre"] == "Horror"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "valid JSON"),
        (b"{", "valid JSON"),
        (b"\xff\xfe", "valid JSON"),
        (b'["a ghost"]', "Received a list"),
        (b'{"text": "a ghost"}', "exactly one of the input fields"),
        (b'{"inputs": "a ghost"}', "Model is missing inputs ['text']"),
        (b'{"dataframe_records": [{"plot": "a ghost"}]}', "Model is missing inputs ['text']"),
        (b'{"dataframe_records": [{"text": 5}]}', "row 1 of the column 'text' holds 5"),
        (b'{"dataframe_records": [{"text": "a"}, {"text": null}]}', "row 2 of the column 'text'"),
        (b'{"inputs": ["\\ud800"]}', "surrogates not allowed"),
    ],
)
def test_an_invalid_request_is_refused_with_a_message_and_the_server_stays_up(
    address: str, body: bytes, message: str
) -> None:
    status, answer = post(address, body)
    assert status == 400 and message in answer["message"] and "Traceback" not in str(answer)
    assert ask(address, ["a ghost"])[0]["genre"] == "Horror"
