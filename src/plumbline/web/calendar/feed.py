"""What a calendar program gets at somebody's secret address. It has no session and needs none."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from plumbline.delivery.calendar import queries
from plumbline.identity import sign_in
from plumbline.identity.organization import queries as organization
from plumbline.kernel.problems import NotFound, TooMany
from plumbline.web.pages import public_page


@public_page(
    "calendar/<str:secret>.ics",
    name="calendar",
    title="What is due, as a calendar",
    method="file",
    samples=("/calendar/0.ics",),
)
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """What is due for whoever made this address, as far as they may see it at this moment (RFC 5545)."""
    try:
        person = queries.person_of(secret)
        sign_in.throttle_calendar(person)
    except NotFound as problem:
        return HttpResponse(str(problem.detail), status=404, content_type="text/plain; charset=utf-8")
    except TooMany as problem:
        answer = HttpResponse(str(problem.detail), status=429, content_type="text/plain; charset=utf-8")
        answer.headers["Retry-After"] = str(problem.extra["retry_after"])
        return answer
    with override(person.language or organization.current().mail_language):
        text = queries.calendar_of(person)
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    # Whoever keeps a copy on the way would keep what its reader may no longer see.
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = 'inline; filename="due.ics"'
    return answer
