"""The whole pipeline's work in one process, without DVC: what ``dvc repro`` is measured against."""

from importlib import import_module

from imdb_genres.dvc_repo.pipeline import read_stages
from imdb_genres.params.schema import read_params

for name in read_stages():
    import_module(f"stages.{name}").main(read_params())
