"""IMDbPY 6.8's own parsers of plot.list and genres.list: ``python imdbpy.py PACKAGE LISTS``.

They are in its script imdbpy2sql, which fills a database: here its loops over both lists run without
one. So it parses, and neither cleans titles nor joins nor stores; plots without an author it drops.
"""

import sys
from importlib import import_module
from pathlib import Path
from unittest.mock import Mock


def main(package: Path, lists: str) -> None:
    """Parse both lists in the folder ``lists``, as doNMMVFiles and doMiscMovieInfo do."""
    sys.path[:0] = [str(package), str(package / "bin")]
    sys.argv[1:] = ["-d", lists, "-u", "sqlite://"]  # the script reads its options when imported
    import_module("imdb.parser.sql.alchemyadapter").setConnection = Mock()  # type: ignore[attr-defined]
    script = import_module("imdbpy2sql")
    plots = script.SourceFile("plot.list.gz", start=script.PLOT_START)
    for _, text in plots.getByNMMVSections():
        script.getPlot(text.split("\n"))
    for line in script.SourceFile("genres.list.gz", start=script.GEN_START):
        script.unpack(line.strip(), ("title", "info", "note"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
