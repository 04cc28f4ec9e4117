"""What stands around every page: navigation with counts, the seal, the theme, the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop

from plumbline import catalogs
from plumbline.delivery.waiting import queries as notices
from plumbline.identity import actors, policy
from plumbline.identity.actors import Actor
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.kernel.problems import NotSignedIn
from plumbline.records import queries
from plumbline.telemetry import store_check
from plumbline.telemetry.store_check import StoreFinding
from plumbline.trail import log, log_state
from plumbline.trail.log_state import LogState
from plumbline.web import as_of, dates, navigation, task_count
from plumbline.web.as_of import AsOfControl
from plumbline.web.help import topics
from plumbline.web.messages import VisibleNames

UNREAD_AGE = 600
"""Seconds for which a page that counts no notices shows what another one has counted."""
COUNTS_AGE = 60
"""Seconds for which the counts of the sidebar may be old."""
THEMES = {
    "system": gettext_noop("As the device"),
    "light": gettext_noop("Light"),
    "dark": gettext_noop("Dark"),
    "contrast": gettext_noop("High contrast"),
}
THEME_COOKIE, SIDE_COOKIE, STEPS_COOKIE = "plumbline_theme", "plumbline_sidebar", "plumbline_steps"


@dataclass(frozen=True)
class Shell:
    """The frame of one page, as the templates see it."""

    organization: str
    systems: int
    waiting: int | None
    counted_at: datetime | None
    groups: tuple[navigation.NavGroup, ...]
    seal: Any
    broken: bool
    log: LogState
    stores: tuple[StoreFinding, ...]
    person: str
    unread: int | None
    may_grant: bool
    theme: str
    themes: Mapping[str, str]
    side: str
    path: str
    help_href: str
    as_of: AsOfControl | None

    @property
    def counted(self) -> str:
        """When the counts beside the entries were counted, if they were."""
        if self.counted_at is None:
            return ""
        return gettext("counted on {time}").format(time=dates.full(self.counted_at))

    @property
    def fold_label(self) -> str:
        """What the button beside the sidebar does."""
        return gettext("Unfold the sidebar") if self.side == "folded" else gettext("Fold the sidebar")


def theme_of(request: HttpRequest) -> str:
    """The theme this browser asked for, else the person's own, else the device's."""
    asked = request.COOKIES.get(THEME_COOKIE) or getattr(getattr(request, "user", None), "theme", "")
    return asked if asked in THEMES else "system"


def _counts(actor: Actor, *, count: bool) -> tuple[dict[str, int], datetime | None]:
    """Records by kind that the actor may see, at most a minute old, and when they were counted.

    A page that is not to ``count`` shows what another one has counted in the last ten minutes, else nothing.
    """
    name = f"nav:{actor.id}:{hash(actor.grants)}"
    found: tuple[dict[str, int], datetime] | None = cache.get(name)
    if count and (found is None or clock.now() - found[1] > timedelta(seconds=COUNTS_AGE)):
        found = queries.counts_by_kind(actor), clock.now()
        cache.set(name, found, UNREAD_AGE)
    return ({}, None) if found is None else found


def _unread_key(actor: Actor) -> str:
    return f"unread:{actor.id}"


def _unread_notices(actor: Actor, *, count: bool) -> int | None:
    """How many notices of the reader are unread, at most a minute old unless they have just read some.

    A page that is not to ``count`` shows what another one has counted in the last ten minutes, else ``None``.
    """
    found: tuple[int, datetime] | None = cache.get(_unread_key(actor))
    if count and (found is None or clock.now() - found[1] > timedelta(seconds=COUNTS_AGE)):
        found = notices.count_unread(actor.person_id or 0), clock.now()
        cache.set(_unread_key(actor), found, UNREAD_AGE)
    return None if found is None else found[0]


def forget_unread(actor: Actor) -> None:
    """Count the reader's unread notices anew for the next page: they have read some on this one."""
    cache.delete(_unread_key(actor))


def build(request: HttpRequest, actor: Actor) -> Shell:
    """The frame for ``actor`` on the page of ``request``."""
    match = request.resolver_match
    # A list may ask the database eight times in all; what stands around it is counted on any other page.
    may_count = match is None or match.url_name != "record-list"
    counts, counted_at = _counts(actor, count=may_count)
    waiting = task_count.shown(request, actor)
    seal = log.status()
    fixed = {"controls": len(catalogs.controls()), "my-work": waiting or 0}
    return Shell(
        organization=organization.current().organization,
        systems=counts.get("ai-system", 0),
        waiting=waiting,
        counted_at=counted_at,
        groups=navigation.groups(request.path, counts, fixed),
        seal=seal,
        broken=seal.is_broken,
        log=log_state.current(),
        stores=store_check.findings(settings.PLUMBLINE.data),
        person=actor.name,
        unread=_unread_notices(actor, count=may_count),
        may_grant=policy.may(actor, "grant").allowed,
        theme=theme_of(request),
        themes=THEMES,
        side="folded" if request.COOKIES.get(SIDE_COOKIE) == "folded" else "open",
        path=request.get_full_path(),
        help_href=topics.help_href(request),
        as_of=as_of.control(request) if _shows_days(request) else None,
    )


def _shows_days(request: HttpRequest) -> bool:
    """Whether the page of ``request`` can be shown as of a day."""
    match = request.resolver_match
    # Here and not above: the declarations import what is above.
    from plumbline.web import pages

    return match is not None and match.url_name is not None and pages.shows_days(match.url_name)


class _Late:
    """The frame, made when a template first asks for it; pages without a sidebar never do."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._made: Shell | None = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = build(self._request, actors.actor_of_request(self._request))
        return getattr(self._made, name)


def names_of(request: HttpRequest, actor: Actor) -> VisibleNames:
    """The names that the reader may see, the same for the view and the templates of one request."""
    found: VisibleNames | None = getattr(request, "visible_names", None)
    if found is None:
        found = VisibleNames(actor)
        request.visible_names = found  # type: ignore[attr-defined]
    return found


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page: ``theme``, and for signed-in people ``shell``."""
    found: dict[str, Any] = {"theme": theme_of(request), "organization": organization.current().organization}
    try:
        actor = actors.actor_of_request(request)
    except (NotSignedIn, AttributeError):
        # Nobody is signed in, so nothing has a name that may be shown.
        return {**found, "names": VisibleNames(Actor("", None, "", scopes=frozenset()))}
    return {**found, "shell": _Late(request), "names": names_of(request, actor)}
