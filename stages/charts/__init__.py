"""Charts as Vega-Lite specifications: one drawing for DVC's plot pages and for the report.

Each ``<name>.json`` is a DVC plot template. It stays with what Vega-Lite 5.2 knows, which DVC's own
page loads where no offline page was set up.
"""

from pathlib import Path
from typing import Any

import vl_convert
from dvc_render.vega import VegaRenderer

FOLDER = Path(__file__).parent
VEGA_LITE = "5.21"


def svg(chart: str, rows: list[dict[str, Any]]) -> str:
    """Return ``chart`` of ``rows`` (the rows of its CSV file) as an SVG element."""
    points = [{"rev": ""} | row for row in rows]
    template = str(FOLDER / f"{chart}.json")
    specification = VegaRenderer(points, chart, template=template).get_filled_template()
    drawing: str = vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE)
    return drawing
