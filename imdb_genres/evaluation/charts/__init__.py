"""Charts: Vega-Lite templates of DVC's plots (``*.json``), and the report's SVG drawings.

The templates stay within Vega-Lite 5.2, which DVC's own page loads where no offline page was set up.
"""

VEGA_LITE = "5.21"  # of the offline page
