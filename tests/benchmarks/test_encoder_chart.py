"""The chart of encoders shows the figures of its page."""

import csv

from benchmarks.encoder_chart import FIGURES, PICTURE

ROOT = FIGURES.parents[1]


def test_chart_and_page_have_every_row_of_the_figures() -> None:
    page = (ROOT / "docs" / "encoders.md").read_text(encoding="utf-8")
    picture = (ROOT / PICTURE).read_text(encoding="utf-8")
    with FIGURES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["score"] in page
            assert f"{row['model']}, {row['megabytes']} MB" in picture
