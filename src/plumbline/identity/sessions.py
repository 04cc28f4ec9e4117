"""Sessions end: after idling, after a fixed time, and as soon as what their person may do changes.

A session is a cookie that outlives the page. Its person's rights are read anew for every request, but a
browser left open, or one that somebody else holds, is only stopped by ending the session itself.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from plumbline.identity.models import Person
from plumbline.kernel import clock

STARTED = "plumbline_started"
SEEN = "plumbline_seen"
EPOCH = "plumbline_epoch"
SEEN_STEP = 60  # seconds; a session's last use is written at most this often


def stamp(request: HttpRequest, person: Person) -> None:
    """Note in the session when it began and in which epoch of its person."""
    now = clock.now().timestamp()
    request.session[STARTED] = now
    request.session[SEEN] = now
    request.session[EPOCH] = person.session_epoch


def _expired(request: HttpRequest, person: Person, now: float) -> bool:
    limits = settings.PLUMBLINE
    session = request.session
    # The epoch of a person is counted up by whatever must end their sessions: a role given or taken back, a
    # new password, an account taken out of use. One number on the person ends them all without searching for
    # them.
    return bool(
        session[EPOCH] != person.session_epoch
        or now - session[STARTED] > limits.session_absolute
        or now - session[SEEN] > limits.session_idle
    )


class SessionLimits:
    """Middleware: signs a request out whose session is over before any view sees it.

    Limits are the settings ``session_idle`` and ``session_absolute`` (seconds). A session begun in an
    earlier epoch of its person (grants, password or activity have changed since) is over as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if isinstance(person, Person):
            now = clock.now().timestamp()
            if STARTED not in request.session:
                # Begun by Django itself, as after a new password; it must have an end as well.
                stamp(request, person)
            elif not person.is_active or _expired(request, person, now):
                logout(request)
            # Not at every request: each note is a write, and a page loads several parts at once.
            elif now - request.session[SEEN] >= min(SEEN_STEP, settings.PLUMBLINE.session_idle / 10):
                request.session[SEEN] = now
        return self.get_response(request)
