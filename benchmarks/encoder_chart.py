"""What a pretrained encoder buys and costs, as a chart: ``python -m benchmarks.encoder_chart``.

Draws docs/images/encoder.svg from benchmarks/encoder.csv, whose figures are those of docs/encoders.md:
the score on test films, the bounds of its interval, the seconds of the training, the size of the model.
"""

import csv
import json
from pathlib import Path

import vl_convert

from imdb_genres.evaluation.charts import VEGA_LITE

FIGURES = Path(__file__).with_name("encoder.csv")
CHART = Path(__file__).with_name("encoder_chart.json")
PICTURE = Path("docs/images/encoder.svg")
TEXTS = ("model", "measured")  # the other columns are numbers


def main() -> None:
    """Draw the chart."""
    with FIGURES.open(encoding="utf-8", newline="") as file:
        rows = [
            {name: value if name in TEXTS else float(value) for name, value in row.items()}
            for row in csv.DictReader(file)
        ]
    specification = CHART.read_text(encoding="utf-8").replace('"<ROWS>"', json.dumps(rows))
    picture = vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE)
    PICTURE.write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
