"""Training learns, stops in time, says when it failed, and repeats to the byte."""

import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest

from stages import train
from stages.errors import StageError
from stages.params import Params, read_params
from stages.predictor import Predictor
from stages.tokenize import fit_vocabulary
from stages.words import split_words

GENRES = {
    "Comedy": "a clumsy waiter falls into a cake and everybody laughs",
    "Horror": "a ghost with a knife waits in the cellar of the old house",
    "Western": "a lonely sheriff rides into the dusty town with his gun",
}


def tiny_params(**changes: object) -> Params:
    """Return the repository's params with a network that trains in a moment."""
    params = read_params(Path(__file__).parent.parent / "params.yaml")
    quick = {
        "units": [8],
        "dropout": [0.2],
        "l1": [0.0],
        "epochs": 12,
        "batch_size": 8,
        "threads": 1,
    }
    return params.model_copy(
        update={
            "train": params.train.model_copy(update={**quick, "learning_rate": 0.02, **changes})
        }
    )


def write_tokens(folder: Path, rows: int = 60) -> None:
    """Write the tokenize stage's outputs for invented films, each of some words of its genre."""
    rng = np.random.default_rng(1)
    label = np.arange(rows) % len(GENRES)
    sentences = [GENRES[genre].split() for genre in sorted(GENRES)]
    texts = [" ".join(rng.choice(sentences[genre], 6)) for genre in label]
    words = split_words(texts)
    vocabulary = fit_vocabulary(words, 100)
    encoded = vocabulary.encode_words(words)
    folder.mkdir(parents=True)
    vocabulary.write(folder / "vocabulary.txt")
    np.savez(
        folder / "tokens.npz",
        ids=encoded.ids,
        offsets=encoded.offsets,
        genres=np.array(sorted(GENRES)),
        label=label.astype(np.int16),
        labels=np.eye(len(GENRES), dtype=bool)[label],
        validation=np.arange(rows) % 4 == 0,
    )


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(train, "use_threads", lambda threads: None)  # one process, many trainings
    write_tokens(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.iterdir())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def history() -> list[dict[str, str]]:
    with Path("metrics/history.csv").open() as file:
        return list(csv.DictReader(file))


def test_it_learns_and_the_folder_alone_names_genres(workspace: Path) -> None:
    params = tiny_params()
    train.main(params)
    assert float(history()[-1]["accuracy/validation"]) > 0.9
    predictor = Predictor.load(workspace / "model")
    values = predictor.predict([GENRES["Western"], GENRES["Horror"], ""])
    assert values.shape == (3, 3) and values.dtype == np.float32
    assert np.allclose(values.sum(axis=1), 1)
    assert [predictor.genres[best] for best in values[:2].argmax(axis=1)] == ["Western", "Horror"]


def test_the_same_training_gives_the_same_bytes(workspace: Path) -> None:
    params = tiny_params()
    digests = []
    for _ in range(2):
        train.main(params)
        digests.append((digest(workspace / "model"), digest(workspace / "metrics")))
    assert digests[0] == digests[1]


def test_another_seed_gives_another_network(workspace: Path) -> None:
    params = tiny_params()
    train.main(params)
    first = digest(workspace / "model")
    train.main(params.model_copy(update={"seed": 8}))
    assert digest(workspace / "model") != first


def test_patience_ends_training_and_keeps_the_best_epoch(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train.main(tiny_params(learning_rate=0.5, patience=2, epochs=40))
    losses = [float(row["loss/validation"]) for row in history()]
    best = int(np.argmin(losses)) + 1
    assert len(losses) == best + 2
    assert f"kept epoch {best}:" in capsys.readouterr().out


def test_without_patience_the_last_epoch_is_kept(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train.main(tiny_params(learning_rate=0.5, patience=0, epochs=6))
    assert "6 epochs, kept epoch 6:" in capsys.readouterr().out


def test_a_collapsed_network_is_told_in_plain_words(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train.main(tiny_params(l1=[5.0]))
    assert "collapsed: it names" in capsys.readouterr().err


def test_a_missing_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"model\.json is missing: run `dvc repro train`"):
        Predictor.load(tmp_path / "model")
