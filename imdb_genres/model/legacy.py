"""Upgrades saved models: those without explicit layer names, sections or newer parameters."""

from typing import Any

from imdb_genres.networks.types import Layers

SECTIONS = {
    "wide-deep": ["deep_words"],
    "bag": ["embedding_size", "embedding_dropout"],
    "cnn": ["embedding_size", "embedding_dropout", "filters", "filter_widths"],
    "gru": ["embedding_size", "embedding_dropout", "gru_units"],
}
# parameters added to NetworkSettings, such as "units" or "gru.units": the value for models without it
ADDED: dict[str, Any] = {}


def upgrade_description(values: Any) -> Any:
    """Return the content of a model.json in the current format; leave other values unchanged."""
    if not isinstance(values, dict) or not isinstance(values.get("network"), dict):
        return values
    if isinstance(values.get("rows"), dict):
        values = _add_sections(values)
    return {**values, "network": _add_parameters(values["network"])}


def _add_parameters(network: dict[str, Any]) -> dict[str, Any]:
    network = dict(network)
    for name, value in ADDED.items():
        section, _, key = name.rpartition(".")
        if not section:
            network.setdefault(name, value)
        elif isinstance(values := network.get(section), dict):
            network[section] = {**values, key: values.get(key, value)}
    return network


def _add_sections(values: dict[str, Any]) -> dict[str, Any]:
    network, rows = dict(values["network"]), dict(values["rows"])
    if "mode" in rows:
        rows["normalize"] = rows.pop("normalise", False)
    architecture = str(values.get("architecture"))
    names = SECTIONS.get(architecture, [])
    own = {name.removeprefix("gru_"): network.pop(name) for name in names if name in network}
    if names:
        network[architecture.replace("-", "_")] = own
    others = {name: value for name, value in values.items() if name != "rows"}
    return {**others, "network": network, "input": rows}


def upgrade_layers(layers: Layers) -> Layers:
    """Return layers by their current names; Keras used to number them by class."""
    if "logits" in layers:
        return layers
    sparse = _numbered(layers, "sparse_dense")
    renamed: Layers = {"wide": sparse.pop()} if len(sparse) == 2 else {}  # the first is hidden_1
    *hidden, logits = sparse + _numbered(layers, "dense")
    renamed["logits"] = logits
    renamed |= {f"hidden_{number}": arrays for number, arrays in enumerate(hidden, 1)}
    for name, arrays in layers.items():
        if name in ("word_vectors", "embedding"):
            renamed["word_vectors"] = arrays
        elif name.startswith("conv1d"):
            renamed[name] = arrays
        elif name.startswith("bidirectional/"):
            renamed[name.replace("bidirectional", "gru")] = arrays
    return renamed


def _numbered(layers: Layers, kind: str) -> list[list[Any]]:
    """Return the weights of ``kind``, ``kind_1``, ..., in the network's order."""
    names = [kind, *(f"{kind}_{number}" for number in range(1, len(layers)))]
    return [layers[name] for name in names if name in layers]
