"""Charts as Vega-Lite specifications: one drawing for DVC's plot pages and for the report.

Each ``<name>.json`` is a DVC plot template. It stays with what Vega-Lite 5.2 knows, which DVC's own
page loads where no offline page was set up.
"""

import json
from pathlib import Path

import pandas as pd
import vl_convert

FOLDER = Path(__file__).parent
VEGA_LITE = "5.21"


def svg(chart: str, table: pd.DataFrame) -> str:
    """Return ``chart`` of ``table`` (its CSV file) as an SVG element."""
    rows = json.dumps(table.assign(rev="").to_dict("records"))
    template = (FOLDER / f"{chart}.json").read_text(encoding="utf-8")
    specification = template.replace('"<DVC_METRIC_DATA>"', rows)
    return vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE)
