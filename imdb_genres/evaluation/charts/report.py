"""The report's charts."""

import pandas as pd
from markupsafe import Markup

from imdb_genres.evaluation.baselines import LOGISTIC
from imdb_genres.evaluation.charts.svg import Plot, nice_ticks
from imdb_genres.evaluation.metrics import PRIMARY_METRIC
from imdb_genres.evaluation.precision_recall import Curve
from imdb_genres.evaluation.tables import MODEL_METHOD, humanize

QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


def training_chart(history: pd.DataFrame, metric: str) -> Markup:
    """Return training and validation ``metric`` (loss or accuracy) by epoch."""
    columns = [f"{metric}/train", f"{metric}/validation"]
    values = history[columns].to_numpy()
    epochs = history["epoch"].to_list()
    low, high = float(values.min()), float(values.max())
    margin = (high - low or 1) * 0.05
    plot = Plot((480, 280), (min(epochs), max(max(epochs), 2)), (low - margin, high + margin))
    plot.y_axis(nice_ticks(low, high), ".3g")
    plot.x_axis([tick for tick in nice_ticks(1, max(epochs), 6) if tick % 1 == 0], ".0f", "epoch")
    for column, kind in zip(columns, ("train", "validation"), strict=True):
        plot.line(list(zip(epochs, history[column], strict=True)), f"line {kind}")
        for epoch, value in zip(epochs, history[column], strict=True):
            plot.dot(
                (epoch, value), f"dot {kind}", f"epoch {epoch}, {kind} {metric} {value:.4g}", 2.5
            )
    return plot.svg(f"{metric} by epoch")


def score_chart(methods: pd.DataFrame, chance: float, ceiling: float) -> Markup:
    """Return the primary metric of each method with its interval, between chance and ceiling."""
    rows = methods[methods["score"] == PRIMARY_METRIC].set_index("method")
    names = [name for name in (MODEL_METHOD, LOGISTIC) if name in rows.index]
    plot = Plot((520, 40 + 34 * len(names)), (0, 1), (0, len(names)), (10, 16, 30, 130))
    plot.x_axis(QUARTERS, ".0%")
    for name, value in (("chance", chance), ("ceiling", ceiling)):
        plot.line([(value, 0), (value, len(names))], "limit", f"{name} {value:.3f}")
        plot.text(plot.x(value) + 4, plot.top + 4, name, "tick")
    for position, name in enumerate(names):
        value, low, high = map(float, rows.loc[name, ["value", "low", "high"]])
        y = len(names) - position - 0.5
        title = f"{humanize(name)} {value:.3f} ({low:.3f} to {high:.3f})"
        kind = "model" if name == MODEL_METHOD else "other"
        plot.line([(low, y), (high, y)], f"interval {kind}", title)
        plot.dot((value, y), f"dot {kind}", title, 5)
        plot.text(plot.left - 10, plot.y(y) + 4, humanize(name), "label", "end")
    return plot.svg(f"{humanize(PRIMARY_METRIC)} with 95 % intervals")


def reliability_chart(bins: pd.DataFrame) -> Markup:
    """Return accuracy by confidence with 95 % intervals, and the bins' counts below."""
    plot = Plot((440, 420), (0, 1), (-0.22, 1), (10, 12, 34, 44))
    plot.y_axis(QUARTERS, ".0%")
    plot.x_axis(QUARTERS, ".0%", "confidence: probability of the predicted genre")
    plot.line([(0, 0), (1, 1)], "limit", "perfect calibration")
    largest = bins["descriptions"].max()
    for tenth, row in bins.iterrows():
        count = int(row["descriptions"])
        title = (
            f"{count} descriptions, confidence {row['confidence']:.0%}, accuracy "
            f"{row['accuracy']:.0%} ({row['low']:.0%} to {row['high']:.0%})"
        )
        left, right = plot.x(int(str(tenth)) / 10) + 1, plot.x((int(str(tenth)) + 1) / 10) - 1
        base, top = plot.y(-0.22), plot.y(-0.22 + 0.13 * count / largest)
        plot.add(
            '<rect class="count" x="{x}" y="{y}" width="{w}" height="{h}"><title>{t}</title></rect>',
            x=left, y=top, w=round(right - left, 1), h=round(base - top, 1), t=title,
        )  # fmt: skip
        plot.text(round((left + right) / 2, 1), round(top - 3, 1), str(count), "tick", "middle")
        x = row["confidence"]
        plot.line([(x, row["low"]), (x, row["high"])], "interval model", title)
        plot.dot((x, row["accuracy"]), "dot model", title)
    return plot.svg("Reliability diagram: accuracy by confidence")


def precision_recall_chart(curve: Curve) -> Markup:
    """Return a genre's precision by recall; the dashed line is the share of films that have it."""
    plot = Plot((210, 170), (0, 1), (0, 1), (8, 8, 32, 38))
    plot.y_axis((0.0, 0.5, 1.0), ".0%")
    plot.x_axis((0.0, 0.5, 1.0), ".0%", "recall")
    plot.line([(0, curve.prevalence), (1, curve.prevalence)], "limit", "precision at random")
    plot.line(curve.points, "line model", f"average precision {curve.average_precision:.3f}")
    return plot.svg(f"Precision by recall, {curve.genre}")


def learning_curve_chart(curve: pd.DataFrame, chance: float) -> Markup:
    """Return the primary metric by training descriptions, for each method."""
    sizes = curve["descriptions"]
    top = float(curve["high"].max())
    plot = Plot((520, 300), (0, float(sizes.max()) * 1.05), (0, top * 1.1))
    plot.y_axis(nice_ticks(0, top), ".2g")
    plot.x_axis(nice_ticks(0, float(sizes.max())), ",.0f", "training descriptions")
    plot.line([(0, chance), (float(sizes.max()), chance)], "limit", f"chance {chance:.3f}")
    for method, rows in curve.groupby("method", sort=False):
        kind = "model" if method == MODEL_METHOD else "other"
        columns = [rows[name].tolist() for name in ("descriptions", "value", "low", "high")]
        plot.line(list(zip(*columns[:2], strict=True)), f"line {kind}")
        for size, value, low, high in zip(*columns, strict=True):
            title = f"{humanize(str(method))}, {size:,} descriptions: {value:.3f}"
            plot.line([(size, low), (size, high)], f"interval {kind}")
            plot.dot((size, value), f"dot {kind}", title)
    return plot.svg("Learning curve")
