"""Two distributions on one scale: the reference beside now, bar by bar, drawn as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString

from plumbline.web.markup import format_html

HEIGHT, BASE, TOP = 130, 108, 16
MOST_BARS = 11


def bars(
    labels: Sequence[str], shares: Sequence[tuple[float, float]], label: str, *, width: int = 330
) -> SafeString:
    """Pairs of bars, the share of the reference and of now over each label, from zero on one scale.

    ``label`` is the sentence for readers who do not see it. At most `MOST_BARS` pairs: the caller takes the
    others together.
    """
    highest = max((max(pair) for pair in shares), default=0.0) or 1.0
    slot = width / max(len(labels), 1)
    wide = min(slot * 0.38, 26)
    marks = []
    for place, (text, pair) in enumerate(zip(labels, shares, strict=True)):
        middle = place * slot + slot / 2
        marks.append(_bar("d-ref", "ax", middle - wide - 0.5, wide, pair[0], highest))
        marks.append(_bar("d-now", "ax b", middle + 0.5, wide, pair[1], highest))
        marks.append(
            f'<text class="ax" x="{middle:.1f}" y="{HEIGHT - 8}" text-anchor="middle">'
            f"{escape(_short(text, slot))}</text>"
        )
    return format_html(
        '<svg class="dist" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{label}">'
        '<line class="k-axis" x1="0" x2="{w}" y1="{base}" y2="{base}"/>{marks}</svg>',
        w=width,
        h=HEIGHT,
        base=BASE,
        label=label,
        marks=SafeString("".join(marks)),
    )


def _bar(css: str, text: str, left: float, wide: float, share: float, highest: float) -> str:
    """One bar with its percentage above it; numbers and own words need no escaping."""
    tall = share / highest * (BASE - TOP)
    return (
        f'<rect class="{css}" x="{left:.1f}" y="{BASE - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}"/>'
        f'<text class="{text}" x="{left + wide / 2:.1f}" y="{BASE - tall - 3:.1f}" text-anchor="middle">'
        f"{share * 100:.0f}</text>"
    )


def _short(text: str, slot: float) -> str:
    """As much of a label as its place holds; the whole stands in the table."""
    most = max(int(slot / 5.6), 2)
    return text if len(text) <= most else f"{text[: most - 1]}…"
