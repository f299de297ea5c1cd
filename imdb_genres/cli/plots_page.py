"""Makes the page in which ``dvc plots`` shows its charts without a network.

DVC's own page loads the Vega scripts from a CDN; this one holds them.
"""

import sys
from pathlib import Path

import vl_convert

from imdb_genres.evaluation.charts.render import VEGA_LITE
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


def main(path: Path) -> None:
    """Write the page to ``path``."""
    scripts = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed", VEGA_LITE)
    with atomic_replace(path) as temporary:
        temporary.write_text(PAGE.replace("%s", scripts), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
