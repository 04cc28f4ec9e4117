"""Charts as inline SVG, drawn on the server: colours are classes, sizes are attributes, no script is needed.

Rules of the house: the limit is always drawn, dashed, with a tint beyond it; only the part of a line
beyond its limit is red; a missing value is a hatched gap; every chart has a sentence that says what it
shows. Numbers given are finite floats in the unit of the measure; ``None`` means no reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils.safestring import SafeString, mark_safe

from plumbline.web.markup import format_html, format_html_join

HATCH: SafeString = mark_safe(
    '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="m-none" width="1.4" height="5"/></pattern></defs></svg>'
)


@dataclass(frozen=True)
class Limit:
    """The values within which a measure is in order; ``None`` on a side means no bound there."""

    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        """Whether ``value`` is within the limit, bounds included."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Part:
    """One part of a divided bar: its state role (ok, warn, bad, stale, none), how many, and their word."""

    role: str
    count: int
    word: str


@dataclass(frozen=True)
class Tick:
    """One piece of evidence on an age strip: the share of its validity that has passed (1 = expiry)."""

    share: float


@dataclass(frozen=True)
class Mark:
    """An event drawn on a time axis: a change of limit, a release, an attestation."""

    at: datetime
    label: str


@dataclass(frozen=True)
class Series:
    """A line of a trend chart: ``points`` are (instant, value or None) in order of time."""

    label: str
    points: Sequence[tuple[datetime, float | None]]


@dataclass(frozen=True)
class _Scale:
    """Linear map from values to pixels; y grows downwards."""

    low: float
    high: float
    top: float
    bottom: float

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)


def _scale(values: Sequence[float], limit: Limit | None, top: float, bottom: float) -> _Scale:
    """A scale that holds every value and bound, with a tenth of room on both sides."""
    marks = (
        [*values, *(bound for bound in (limit.low, limit.high) if bound is not None)] if limit else [*values]
    )
    low, high = (min(marks), max(marks)) if marks else (0.0, 1.0)
    room = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    return _Scale(low - room, high + room, top, bottom)


def _zones(limit: Limit | None, scale: _Scale, left: float, right: float) -> SafeString:
    """Tint outside a one-sided limit, inside a band; a dashed line at each bound."""
    if limit is None or (limit.low is None and limit.high is None):
        return SafeString("")
    width = f"{right - left:.1f}"
    rects: list[tuple[str, str, str]] = []
    if limit.low is not None and limit.high is not None:
        y_high, y_low = scale.y(limit.high), scale.y(limit.low)
        rects.append(("z-band", f"{y_high:.1f}", f"{max(y_low - y_high, 0):.1f}"))
    elif limit.high is not None:
        y_high = scale.y(limit.high)
        rects.append(("z-out", f"{scale.top:.1f}", f"{max(y_high - scale.top, 0):.1f}"))
    elif limit.low is not None:
        y_low = scale.y(limit.low)
        rects.append(("z-out", f"{y_low:.1f}", f"{max(scale.bottom - y_low, 0):.1f}"))
    tint = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        ((role, f"{left:.1f}", y, width, height) for role, y, height in rects),
    )
    lines = format_html_join(
        "",
        '<line class="k-lim" x1="{}" x2="{}" y1="{}" y2="{}"/>',
        (
            (f"{left:.1f}", f"{right:.1f}", f"{scale.y(bound):.1f}", f"{scale.y(bound):.1f}")
            for bound in (limit.low, limit.high)
            if bound is not None
        ),
    )
    return tint + lines


def _runs(points: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """The stretches of ``points`` without a missing value."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((x, value))
    return [run for run in runs if run]


def _gaps(points: Sequence[tuple[float, float | None]], top: float, bottom: float) -> SafeString:
    """Hatching over every stretch of missing values."""
    spans: list[tuple[float, float]] = []
    start: float | None = None
    last = points[0][0] if points else 0.0
    for x, value in points:
        if value is None:
            start = last if start is None else start
        elif start is not None:
            spans.append((start, x))
            start = None
        last = x
    if start is not None and points:
        spans.append((start, points[-1][0]))
    return format_html_join(
        "",
        '<rect class="m-hatch" x="{}" y="{}" width="{}" height="{}"/>',
        ((f"{a:.1f}", f"{top:.1f}", f"{b - a:.1f}", f"{bottom - top:.1f}") for a, b in spans if b > a),
    )


def _line(css: str, run: Sequence[tuple[float, float]], scale: _Scale) -> SafeString:
    if len(run) == 1:
        x, value = run[0]
        return format_html(
            '<circle class="m-ink" cx="{}" cy="{}" r="1.5"/>', f"{x:.1f}", f"{scale.y(value):.1f}"
        )
    points = " ".join(f"{x:.1f},{scale.y(value):.1f}" for x, value in run)
    return format_html('<polyline class="{}" points="{}"/>', css, points)


def _crossing(a: tuple[float, float], b: tuple[float, float], bound: float) -> tuple[float, float]:
    """Where the line from ``a`` to ``b`` meets ``bound``."""
    share = (bound - a[1]) / (b[1] - a[1])
    return a[0] + share * (b[0] - a[0]), bound


def _cut(run: Sequence[tuple[float, float]], limit: Limit) -> list[tuple[float, float]]:
    """``run`` with a point added wherever it crosses a bound."""
    points = [run[0]]
    for a, b in pairwise(run):
        bounds = [bound for bound in (limit.low, limit.high) if bound is not None]
        points += sorted(_crossing(a, b, bound) for bound in bounds if (a[1] - bound) * (b[1] - bound) < 0)
        points.append(b)
    return points


def _beyond(run: Sequence[tuple[float, float]], limit: Limit) -> list[list[tuple[float, float]]]:
    """The parts of ``run`` outside ``limit``, cut where the line crosses it."""
    parts: list[list[tuple[float, float]]] = []
    joined = False
    for a, b in pairwise(_cut(run, limit)):
        outside = not limit.holds((a[1] + b[1]) / 2)
        if outside and joined:
            parts[-1].append(b)
        elif outside:
            parts.append([a, b])
        joined = outside
    return parts


def sparkline(
    values: Sequence[float | None],
    label: str,
    *,
    limit: Limit | None = None,
    width: int = 168,
    height: int = 34,
) -> SafeString:
    """A small trend with its limit. ``label`` is its sentence for readers who do not see it."""
    step = (width - 8) / max(len(values) - 1, 1)
    points = [(2 + step * place, value) for place, value in enumerate(values)]
    present = [value for value in values if value is not None]
    scale = _scale(present, limit, 0, height)
    marks = [_zones(limit, scale, 0, width), _gaps(points, 3, height - 3)]
    runs = _runs(points)
    marks += [_line("k-ink", run, scale) for run in runs]
    if limit:
        marks += [_line("k-bad", part, scale) for run in runs for part in _beyond(run, limit)]
    x, last = points[-1] if points else (0.0, None)
    if last is not None:
        role = "m-ink" if limit is None or limit.holds(last) else "m-bad"
        marks.append(
            format_html(
                '<circle class="{}" cx="{}" cy="{}" r="2.6"/>', role, f"{x:.1f}", f"{scale.y(last):.1f}"
            )
        )
    return format_html(
        '<svg class="sp" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">'
        "{marks}</svg>",
        w=width,
        h=height,
        label=label,
        marks=SafeString("".join(marks)),
    )


def divided_bar(parts: Sequence[Part], *, width: int = 120, height: int = 8) -> SafeString:
    """Parts of a whole as one bar; the counts stand beside it as text, so the bar is hidden from readers."""
    shown = [part for part in parts if part.count > 0]
    total = sum(part.count for part in shown)
    room = width - 2 * max(len(shown) - 1, 0)
    at = 0.0
    rects: list[tuple[str, str, str, str]] = []
    for part in shown:
        wide = room * part.count / total
        rects.append((f"m-{part.role}", f"{at:.1f}", f"{wide:.1f}", str(height)))
        at += wide + 2
    if not shown:
        rects.append(("m-track", "0", str(width), str(height)))
    return format_html(
        '<svg width="{w}" height="{h}" viewBox="0 0 {w} {h}" preserveAspectRatio="none" aria-hidden="true">'
        "{bar}</svg>",
        w=width,
        h=height,
        bar=format_html_join("", '<rect class="{}" x="{}" y="0" width="{}" height="{}" rx="1.5"/>', rects),
    )


def validity_bar(share: float, *, width: int = 76) -> SafeString:
    """How much of a validity has passed: 0 is the day it was taken, 1 the day it ends."""
    used = min(max(share, 0.0), 1.0)
    role = "stale" if share >= 1 else "warn" if share >= SOON else "ink"
    return format_html(
        '<svg width="{w}" height="6" viewBox="0 0 {w} 6" aria-hidden="true"><rect class="m-line" width="{w}" '
        'height="6" rx="3"/><rect class="m-{role}" width="{used}" height="6" rx="3"/></svg>',
        w=width,
        role=role,
        used=f"{width * used:.0f}",
    )


SOON = 0.85
"""The share of a validity after which evidence is *due soon* (the last 15%)."""


def age_strip(ticks: Sequence[Tick], *, width: int = 124, height: int = 20) -> SafeString:
    """One tick per piece of evidence at the share of its validity that has passed; expiry is dashed."""
    expiry = width / 1.3
    late = sum(tick.share >= 1 for tick in ticks)
    soon = sum(SOON <= tick.share < 1 for tick in ticks)
    label = f"{len(ticks) - late} of {len(ticks)} evidence items in date"
    label += f", {soon} due soon" if soon else ""
    label += f", {late} out of date" if late else ""
    marks = []
    for tick in sorted(ticks, key=lambda tick: tick.share):
        x = f"{4 + min(max(tick.share, 0), 1.26) * (expiry - 4):.1f}"
        kind = " s" if tick.share >= 1 else " a" if tick.share >= SOON else ""
        top = 2 if tick.share >= 1 else 5
        # Only numbers and our own words: there is nothing to escape in up to sixty ticks a row.
        marks.append(f'<line class="k-tick{kind}" x1="{x}" x2="{x}" y1="{top}" y2="{height - 3}"/>')
    return format_html(
        '<svg width="{w}" height="{h}" viewBox="0 0 {w} {h}" preserveAspectRatio="none" role="img" '
        'aria-label="{label}"><line class="k-axis" x1="0" x2="{w}" y1="{base}" y2="{base}"/>'
        '<rect class="z-stale" x="{e}" y="0" width="{rest}" height="{base}"/>'
        '<line class="k-lim" x1="{e}" x2="{e}" y1="0" y2="{h}"/>{t}</svg>',
        w=width,
        h=height,
        base=height - 3,
        label=label,
        e=f"{expiry:.1f}",
        rest=f"{width - expiry:.1f}",
        t=SafeString("".join(marks)),
    )
