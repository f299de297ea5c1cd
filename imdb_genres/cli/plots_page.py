"""Makes the page in which ``dvc plots`` shows its charts without a network.

DVC's own page loads the Vega scripts from a CDN; this one holds them.
"""

from pathlib import Path

import click
import vl_convert

from imdb_genres.evaluation.charts import VEGA_LITE
from imdb_genres.io.atomic import atomic_replace

PAGE = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<title>Plots of imdb-genres</title>
{refresh_tag}
<script>
%s
</script>
<style>body { font-family: sans-serif; margin: 2em } body > div { margin: 0 3em 3em 0; vertical-align: top }</style>
</head>
<body>
{plot_divs}
</body>
</html>
"""


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
def command(path: Path) -> None:
    """Write to PATH the page template with which `dvc plots` works offline."""
    write_page(path)


def write_page(path: Path) -> None:
    """Write the page template to ``path``."""
    scripts = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed", VEGA_LITE)
    with atomic_replace(path) as temporary:
        temporary.write_text(PAGE.replace("%s", scripts), encoding="utf-8")
