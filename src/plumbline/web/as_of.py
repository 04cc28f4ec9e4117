"""Pages as of a day: what was recorded, judged and in force when the day was over.

A page declares that it can (`plumbline.web.pages`); every other one refuses a day in its address, since it
would show today under the name of that day. The control and the notice stand in the frame of each page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest

from plumbline.kernel import clock
from plumbline.kernel.as_of import known_at
from plumbline.kernel.problems import Fault, Invalid
from plumbline.web import dates

PARAMETER = "as_of"
PLACES = frozenset({"page", "before"})
"""Parameters that name a place in a list of today; another day has another list."""


@dataclass(frozen=True)
class AsOf:
    """The day or instant in the address, as it was written and as an instant; empty for now."""

    text: str = ""
    instant: datetime | None = None

    @property
    def query(self) -> str:
        """What an address needs at its end to lead to the same day."""
        return f"?{urlencode({PARAMETER: self.text})}" if self.text else ""


@dataclass(frozen=True)
class AsOfControl:
    """The control of a page that can be shown as of a day: the day it shows, and the way to others."""

    as_of: AsOf
    kept: tuple[tuple[str, str], ...]
    """Whatever else narrows the page."""
    now_href: str

    @property
    def text(self) -> str:
        """The day or instant, as it was written; empty for now."""
        return self.as_of.text

    @property
    def query(self) -> str:
        """See `AsOf.query`."""
        return self.as_of.query

    @property
    def label(self) -> str:
        """The day, or the instant, for a reader."""
        instant = self.as_of.instant
        if instant is None:
            return ""
        return dates.day(self.text) if len(self.text) == len("2026-11-20") else dates.full(instant)

    @property
    def latest(self) -> str:
        """The last day that can be asked for."""
        return clock.today().isoformat()


def parse(text: str) -> AsOf:
    """The end of the day ``2026-11-20``, or an instant in ISO 8601. Raises `Invalid`, also for the future:
    nothing is known yet as of then."""
    if not text:
        return AsOf()
    try:
        instant = clock.instant_of(text)
    except ValueError as error:
        raise Invalid(
            "The page cannot go back there.", [Fault(PARAMETER, "This is not a date", "such as 2026-11-20")]
        ) from error
    return AsOf(text, known_at(instant))


def of_request(request: HttpRequest) -> AsOf:
    """The day that the address of ``request`` asks for. Raises `Invalid`."""
    return parse(str(request.GET.get(PARAMETER, "")).strip())


def control(request: HttpRequest) -> AsOfControl:
    """The control of a page that can be shown as of a day. A day that means nothing counts as none: the page
    itself has refused it."""
    try:
        as_of = of_request(request)
    except Invalid:
        as_of = AsOf()
    kept = tuple(
        (name, str(value))
        for name, values in request.GET.lists()
        if name != PARAMETER and name not in PLACES
        for value in values
    )
    return AsOfControl(as_of, kept, f"{request.path}?{urlencode(kept)}" if kept else request.path)


def refuse(request: HttpRequest) -> None:
    """Raise `Invalid` if the address of a page that only shows today asks for a day."""
    if str(request.GET.get(PARAMETER, "")).strip():
        raise Invalid(
            "This page shows today only.",
            [Fault(PARAMETER, "cannot be honoured here", "leave as_of out of the address")],
        )
