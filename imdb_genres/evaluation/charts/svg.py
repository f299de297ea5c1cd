"""A plot area of an SVG chart. Colours come from the page's style sheet, sizes from no font.

A drawing program that measures text would make the report's bytes depend on the fonts installed.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

Point = tuple[float, float]


class Plot:
    """Collects the elements of a chart with linear axes."""

    def __init__(
        self,
        size: tuple[int, int],
        x_range: Point,
        y_range: Point,
        margins: tuple[int, int, int, int] = (10, 12, 34, 44),
    ) -> None:
        """Take sizes in pixels; ``margins`` are top, right, bottom and left."""
        self.width, self.height = size
        self.x_range, self.y_range = x_range, y_range
        self.top, self.right, self.bottom, self.left = margins
        self.elements: list[Markup] = []

    def x(self, value: float) -> float:
        """Return the position of ``value`` on the horizontal axis."""
        low, high = self.x_range
        inside = self.width - self.left - self.right
        return round(self.left + inside * (value - low) / (high - low), 1)

    def y(self, value: float) -> float:
        """Return the position of ``value`` on the vertical axis."""
        low, high = self.y_range
        inside = self.height - self.top - self.bottom
        return round(self.height - self.bottom - inside * (value - low) / (high - low), 1)

    def add(self, template: str, **values: object) -> None:
        """Add an element; ``values`` are escaped."""
        self.elements.append(Markup(template).format(**values))

    def x_axis(self, ticks: Iterable[Point | float], form: str, title: str = "") -> None:
        """Draw ticks at the bottom, and a title below them."""
        base = self.height - self.bottom
        for tick in ticks:
            self.add(
                '<text class="tick" text-anchor="middle" x="{x}" y="{y}">{text}</text>',
                x=self.x(float(tick)),  # type: ignore[arg-type]
                y=base + 15,
                text=format(tick, form),
            )
        self.line([(self.x_range[0], self.y_range[0]), (self.x_range[1], self.y_range[0])], "axis")
        if title:
            middle = (self.left + self.width - self.right) / 2
            self.add(
                '<text class="title" text-anchor="middle" x="{x}" y="{y}">{text}</text>',
                x=middle,
                y=self.height - 4,
                text=title,
            )

    def y_axis(self, ticks: Iterable[float], form: str) -> None:
        """Draw grid lines with their values on the left."""
        for tick in ticks:
            self.line([(self.x_range[0], tick), (self.x_range[1], tick)], "grid")
            self.add(
                '<text class="tick" text-anchor="end" x="{x}" y="{y}">{text}</text>',
                x=self.left - 6,
                y=self.y(tick) + 4,
                text=format(tick, form),
            )

    def line(self, points: Sequence[Point], kind: str, title: str = "") -> None:
        """Draw a line through ``points``, of the CSS class ``kind``, with a tooltip."""
        path = " ".join(f"{self.x(x)},{self.y(y)}" for x, y in points)
        self.add(
            '<polyline class="{kind}" points="{path}">{title}</polyline>',
            kind=kind,
            path=path,
            title=_tooltip(title),
        )

    def dot(self, point: Point, kind: str, title: str = "", radius: float = 4) -> None:
        """Draw a point with a tooltip."""
        self.add(
            '<circle class="{kind}" cx="{x}" cy="{y}" r="{radius}">{title}</circle>',
            kind=kind,
            x=self.x(point[0]),
            y=self.y(point[1]),
            radius=radius,
            title=_tooltip(title),
        )

    def text(self, x: float, y: float, text: str, kind: str, anchor: str = "start") -> None:
        """Write ``text`` at pixels ``x`` and ``y``."""
        self.add(
            '<text class="{kind}" text-anchor="{anchor}" x="{x}" y="{y}">{text}</text>',
            kind=kind,
            anchor=anchor,
            x=x,
            y=y,
            text=text,
        )

    def svg(self, label: str) -> Markup:
        """Return the SVG element; ``label`` describes it to screen readers."""
        start = Markup(
            '<svg role="img" aria-label="{label}" viewBox="0 0 {width} {height}" '
            'style="max-width: {width}px">'
        ).format(label=label, width=self.width, height=self.height)
        return start + Markup("").join(self.elements) + Markup("</svg>")


def _tooltip(title: str) -> Markup:
    return Markup("<title>{}</title>").format(escape(title)) if title else Markup("")


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return about ``count`` round numbers between ``low`` and ``high``."""
    step = 10.0**-6
    factors = (2, 2.5, 2)  # 1, 2, 5, 10, 20 ...
    position = 0
    while (high - low) / step > count:
        step *= factors[position % 3]
        position += 1
    first = -int(-low // step)
    return [round(number * step, 6) for number in range(first, int(high / step + 1e-9) + 1)]
