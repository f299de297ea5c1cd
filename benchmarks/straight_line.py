"""The whole pipeline's work in one process, without DVC: what ``dvc repro`` is measured against."""

import sys
from importlib import import_module
from pathlib import Path

import yaml

from stages.params import read_params

STAGES = yaml.safe_load(Path("dvc.yaml").read_text(encoding="utf-8"))["stages"]

for name in STAGES:
    sys.argv[0] = f"{name}.py"
    import_module(f"stages.{name}").main(read_params())
