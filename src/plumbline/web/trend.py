"""The large trend chart: time axis, limit, gaps, marks of events, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor, log10

from django.utils.safestring import SafeString

from plumbline.kernel.number_format import format_number
from plumbline.web.charts import Limit, Mark, Series, _beyond, _gaps, _line, _runs, _Scale, _scale, _zones
from plumbline.web.markup import format_html, format_html_join

LEFT, RIGHT, TOP, BOTTOM = 52, 12, 14, 26
MOST_SERIES = 6


def _steps(low: float, high: float) -> list[float]:
    """Between three and six round values inside ``low`` to ``high`` for the vertical axis."""
    rough = (high - low) / 4
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    first = floor(low / step) + 1
    return [place * step for place in range(first, first + 8) if place * step <= high]


def _axes(scale: _Scale, start: datetime, end: datetime, width: int, height: int) -> SafeString:
    rules = format_html_join(
        "",
        '<line class="k-axis" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="ax" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (
                LEFT,
                width - RIGHT,
                f"{scale.y(v):.1f}",
                f"{scale.y(v):.1f}",
                LEFT - 7,
                f"{scale.y(v) + 3.5:.1f}",
                format_number(v),
            )
            for v in _steps(scale.low, scale.high)
        ),
    )
    ends = format_html_join(
        "",
        '<text class="ax" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (LEFT, height - 8, "start", f"{start:%-d %b %Y}"),
            (width - RIGHT, height - 8, "end", f"{end:%-d %b %Y}"),
        ),
    )
    return rules + ends


@dataclass(frozen=True)
class _Plot:
    """The area inside the axes: times run from ``start`` over ``span`` seconds, values by ``scale``."""

    start: datetime
    span: float
    scale: _Scale
    right: float
    bottom: float

    def x(self, at: datetime) -> float:
        return LEFT + (at - self.start).total_seconds() / self.span * (self.right - LEFT)


def _series(plot: _Plot, line: Series, css: str, limit: Limit | None, named: bool) -> list[SafeString]:
    """One line with its gaps, its part beyond the limit, and its name at its end."""
    points = [(plot.x(at), value) for at, value in line.points]
    runs = _runs(points)
    parts = [_gaps(points, TOP, plot.bottom), *(_line(css, run, plot.scale) for run in runs)]
    if limit:
        parts += [_line("k-bad", part, plot.scale) for run in runs for part in _beyond(run, limit)]
    if named and runs:
        x, last = runs[-1][-1]
        text = '<text class="ax" x="{}" y="{}" text-anchor="end">{}</text>'
        parts.append(format_html(text, f"{x:.1f}", f"{plot.scale.y(last) - 5:.1f}", line.label))
    return parts


def _mark(plot: _Plot, mark: Mark) -> SafeString:
    return format_html(
        '<line class="k-mark" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
        '<text class="ax" x="{x}" y="{above}">{label}</text>',
        x=f"{plot.x(mark.at):.1f}",
        top=TOP,
        bottom=plot.bottom,
        above=TOP - 4,
        label=mark.label,
    )


def trend(
    series: Sequence[Series],
    label: str,
    *,
    limit: Limit | None = None,
    marks: Sequence[Mark] = (),
    width: int = 720,
    height: int = 220,
) -> SafeString:
    """Up to six lines over time, or a sentence when there is no reading. ``ValueError`` for more lines."""
    if len(series) > MOST_SERIES:
        raise ValueError("a chart carries at most six series")
    times = [at for line in series for at, _ in line.points]
    values = [value for line in series for _, value in line.points if value is not None]
    if not times or not values:
        return format_html('<p class="clean">{}</p>', "No reading in this period.")
    start, end = min(times), max(times)
    scale = _scale(values, limit, TOP, height - BOTTOM)
    plot = _Plot(start, (end - start).total_seconds() or 1.0, scale, width - RIGHT, height - BOTTOM)
    alone = len(series) == 1
    parts = [_zones(limit, scale, LEFT, plot.right), _axes(scale, start, end, width, height)]
    for place, line in enumerate(series, 1):
        css = "k-ink" if alone else f"series-{place}"
        parts += _series(plot, line, css, limit if alone else None, not alone)
    parts += [_mark(plot, mark) for mark in marks if start <= mark.at <= end]
    return format_html(
        '<svg class="chart" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">'
        "{parts}</svg>",
        w=width,
        h=height,
        label=label,
        parts=SafeString("".join(parts)),
    )
