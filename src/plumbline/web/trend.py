"""The large trend chart: time axis, limit, gaps, marks of events, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from plumbline.web.charts import Limit, Mark, Series, _beyond, _gaps, _line, _runs, _Scale, _scale, _zones

LEFT, RIGHT, TOP, BOTTOM = 52, 12, 14, 26
MOST_SERIES = 6


def _steps(low: float, high: float) -> list[float]:
    """Between three and six round values inside ``low`` to ``high`` for the vertical axis."""
    rough = (high - low) / 4
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    first = floor(low / step) + 1
    return [place * step for place in range(first, first + 8) if place * step <= high]


def _number(value: float) -> str:
    return f"{value:,.4g}"


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
                _number(v),
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
    span = (end - start).total_seconds() or 1.0
    scale = _scale(values, limit, TOP, height - BOTTOM)
    right = width - RIGHT

    def x(at: datetime) -> float:
        return LEFT + (at - start).total_seconds() / span * (right - LEFT)

    parts = [_zones(limit, scale, LEFT, right), _axes(scale, start, end, width, height)]
    for place, line in enumerate(series, 1):
        points = [(x(at), value) for at, value in line.points]
        runs = _runs(points)
        parts.append(_gaps(points, TOP, height - BOTTOM))
        parts += [_line("k-ink" if len(series) == 1 else f"series-{place}", run, scale) for run in runs]
        if limit and len(series) == 1:
            parts += [_line("k-bad", part, scale) for run in runs for part in _beyond(run, limit)]
        if len(series) > 1 and runs:
            last_x, last = runs[-1][-1]
            parts.append(
                format_html(
                    '<text class="ax" x="{}" y="{}" text-anchor="end">{}</text>',
                    f"{last_x:.1f}",
                    f"{scale.y(last) - 5:.1f}",
                    line.label,
                )
            )
    parts += [
        format_html(
            '<line class="k-mark" x1="{x}" x2="{x}" y1="{t}" y2="{b}"/>'
            '<text class="ax" x="{x}" y="{ty}">{l}</text>',
            x=f"{x(mark.at):.1f}",
            t=TOP,
            b=height - BOTTOM,
            ty=TOP - 4,
            l=mark.label,
        )
        for mark in marks
        if start <= mark.at <= end
    ]
    return format_html(
        '<svg class="chart" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">'
        "{parts}</svg>",
        w=width,
        h=height,
        label=label,
        parts=SafeString("".join(parts)),
    )
