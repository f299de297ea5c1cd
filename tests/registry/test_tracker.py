"""Which parameters are logged."""

import pytest

from imdb_genres.registry.tracker import CONFIG
from imdb_genres.tracking.record import flatten
from tests.support.params import values_with


@pytest.mark.parametrize(
    ("architecture", "own"),
    [
        ("mlp", ("train.mlp.",)),
        ("wide-deep", ("train.wide_deep.",)),
        ("cnn", ("train.cnn.",)),
        ("encoder-wide", ("train.encoder.", "train.encoder_wide.")),
    ],
)
def test_only_options_of_the_chosen_source_and_architecture_are_logged(
    architecture: str, own: tuple[str, ...]
) -> None:
    params = flatten(values_with({"train.architecture": architecture}))
    logged = set(CONFIG.params_to_log(params))
    left_out = {name for name in params if name.count(".") == 2 and not name.startswith(own)}
    assert logged == params.keys() - left_out
    assert "train.cnn.filters" in left_out or architecture == "cnn"
