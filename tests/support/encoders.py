"""A tiny BERT with random weights, in the layout of the Hugging Face hub."""

import json
from pathlib import Path

import numpy as np
import yaml

from tests.support.params import PARAMS

HIDDEN, LAYERS, HEADS, POSITIONS = 8, 2, 2, 32
NAME = "tiny"


def write_encoder(folder: Path, words: list[str], seed: int = 1, hidden: int = HIDDEN) -> None:
    """Write config.json, tokenizer.json and model.safetensors of an encoder that knows ``words``."""
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    folder.mkdir(parents=True)
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "model_type": "bert",
        "vocab_size": len(tokens),
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "hidden_size": hidden,
        "intermediate_size": 2 * hidden,
        "max_position_embeddings": POSITIONS,
    }
    (folder / "config.json").write_text(json.dumps(config))
    rng = np.random.default_rng(seed)
    weights = {
        name: rng.normal(1 if name.endswith("LayerNorm.weight") else 0, 0.3, shape)
        for name, shape in shapes(len(tokens), hidden).items()
    }
    arrays = {name: array.astype(np.float32) for name, array in weights.items()}
    save_file(arrays, str(folder / "model.safetensors"), metadata={"format": "pt"})


def shapes(words: int, size: int) -> dict[str, tuple[int, ...]]:
    """Return the shape of each of BERT's weights by its name in the hub's files."""
    wide = 2 * size
    found: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (words, size),
        "embeddings.position_embeddings.weight": (POSITIONS, size),
        "embeddings.token_type_embeddings.weight": (2, size),
        "embeddings.LayerNorm.weight": (size,),
        "embeddings.LayerNorm.bias": (size,),
        "pooler.dense.weight": (size, size),
        "pooler.dense.bias": (size,),
    }
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            found[f"{prefix}.attention.{part}.weight"] = (size, size)
            found[f"{prefix}.attention.{part}.bias"] = (size,)
        found[f"{prefix}.intermediate.dense.weight"] = (wide, size)
        found[f"{prefix}.intermediate.dense.bias"] = (wide,)
        found[f"{prefix}.output.dense.weight"] = (size, wide)
        found[f"{prefix}.output.dense.bias"] = (size,)
        for norm in ("attention.output", "output"):
            found[f"{prefix}.{norm}.LayerNorm.weight"] = (size,)
            found[f"{prefix}.{norm}.LayerNorm.bias"] = (size,)
    return found


def write_sources(folder: Path, encoder: Path, sha256: str | None = None) -> None:
    """Write sources.yaml with an encoder ``tiny`` that lies in the folder ``encoder``."""
    values = yaml.safe_load((PARAMS.parent / "sources.yaml").read_text(encoding="utf-8"))
    values["encoders"] = {NAME: {"mirrors": [str(encoder)], "sha256": sha256}}
    (folder / "sources.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
