"""A model folder predicts for any text, and says what is wrong if it cannot."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from imdb_genres.errors import UserError
from imdb_genres.inference.predictor import Predictor
from imdb_genres.model.folder import DESCRIPTION, VOCABULARY, WEIGHTS, load_keras_model
from imdb_genres.networks.keras_serving import keras_forward
from tests.support.model_folders import make_model

HOSTILE = [
    "",
    " ",
    "\0\x01\x1b[31m",
    "<script>alert(1)</script>",
    "西部 вестерн غرب",
    "\ud800",
    "ghost " * 2_000_000,
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_model(tmp_path / "model")


def test_texts_get_the_genre_of_their_words(folder: Path) -> None:
    predictor = Predictor.load(folder)
    values = predictor.predict_proba(["A clumsy waiter.", "The Sheriff, a gunman"])
    assert [predictor.genres[best] for best in values.argmax(axis=1)] == ["Comedy", "Western"]


def test_its_keras_model_has_the_same_logits(folder: Path) -> None:
    predictor = Predictor.load(folder)
    inputs = predictor._inputs(["a ghost rides", "the sheriff", ""])
    expected = predictor._network(inputs)
    found = keras_forward(load_keras_model(folder))(inputs)
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_any_text_gets_probabilities(folder: Path) -> None:
    values = Predictor.load(folder).predict_proba(HOSTILE)
    assert values.shape == (len(HOSTILE), 3) and values.dtype == np.float32
    assert np.allclose(values.sum(axis=1), 1)


def test_no_texts_give_no_rows(folder: Path) -> None:
    assert Predictor.load(folder).predict_proba([]).shape == (0, 3)


def test_batches_do_not_change_predictions(folder: Path) -> None:
    predictor = Predictor.load(folder)
    texts = ["a ghost rides", "ghost", "the sheriff"] * 700
    assert (predictor.predict_proba(texts)[-3:] == predictor.predict_proba(texts[-3:])).all()


def test_thresholds_select_several_genres_and_at_least_one(tmp_path: Path) -> None:
    predictor = Predictor.load(make_model(tmp_path / "model", targets="multi-label"))
    named = predictor.predict_labels(predictor.predict_proba(["ghost sheriff", ""]))
    assert named.tolist()[0] == [False, True, True]
    assert named[1].any()


def test_it_needs_no_tensorflow_and_no_mlflow(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from imdb_genres.inference.predictor import Predictor;"
        f"Predictor.load(Path({str(folder)!r})).predict_proba(['a ghost']);"
        "sys.exit(bool({'tensorflow', 'keras', 'mlflow', 'pandas', 'sklearn'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def describe(**changes: object) -> Callable[[Path], None]:
    """Return a function that sets keys of model.json."""

    def change(folder: Path) -> None:
        path = folder / DESCRIPTION
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


def smaller_weights(folder: Path) -> None:
    with h5py.File(folder / WEIGHTS, "a") as file:
        del file["layers/sparse_dense/vars/0"]
        file["layers/sparse_dense/vars/0"] = np.zeros((2, 3), np.float32)


def with_weights(name: str, value: object) -> Callable[[Path], None]:
    """Return a function that writes a value among the weights."""

    def change(folder: Path) -> None:
        with h5py.File(folder / WEIGHTS, "a") as file:
            if name in file:
                del file[name]
            file[name] = value

    return change


def folder_instead_of(name: str) -> Callable[[Path], None]:
    """Return a function that replaces a file by a folder."""

    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return change


def one_more_word(folder: Path) -> None:
    with (folder / VOCABULARY).open("a") as file:
        file.write("spaceship\t1\n")


@pytest.mark.parametrize(
    "corrupt",
    [
        describe(architecture="transformer"),
        describe(genres=["Comedy", "Horror"]),
        describe(rows={"mode": "binary", "depth": 3}),
        describe(network={"activation": "unheard"}),
        describe(thresholds=[0.5]),
        describe(genres=["Comedy", "Comedy", "Western"]),
        describe(frequencies=[0.5, 0.5, 0]),
        describe(temperature="hot"),
        describe(temperature=0),
        describe(more=1),
        lambda folder: (folder / DESCRIPTION).write_bytes(b"\xff\xfe"),
        lambda folder: (folder / DESCRIPTION).unlink(),
        lambda folder: (folder / WEIGHTS).write_bytes(b"\x89HDF\r\n no"),
        lambda folder: (folder / WEIGHTS).unlink(),
        smaller_weights,
        lambda folder: h5py.File(folder / WEIGHTS, "w").close(),
        with_weights("layers", 1),
        with_weights("layers/sparse_dense/vars/1", "text"),
        with_weights("layers/sparse_dense/vars/1", [np.nan, 0, 0]),
        with_weights("layers/word_vectors/vars/0", np.zeros((2, 3))),
        one_more_word,
        lambda folder: (folder / VOCABULARY).write_bytes(b"one\t1\n\xff\t2\n"),
        lambda folder: (folder / VOCABULARY).write_text("\t3\n"),
        lambda folder: (folder / VOCABULARY).unlink(),
        folder_instead_of(WEIGHTS),
    ],
)
def test_a_foreign_or_corrupt_folder_is_a_user_error(
    folder: Path, corrupt: Callable[[Path], object]
) -> None:
    corrupt(folder)
    with pytest.raises(UserError, match=r"(missing|corrupt|does not fit).*run `dvc repro") as error:
        Predictor.load(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", [DESCRIPTION, VOCABULARY])
def test_unreadable_input_is_a_user_error(folder: Path, name: str) -> None:
    folder_instead_of(name)(folder)
    with pytest.raises(UserError, match=f"{name} cannot be read: Is a directory"):
        Predictor.load(folder)
