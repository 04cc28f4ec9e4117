"""Problems as pages: what happened, what was kept, what to do, and a reference number."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plumbline.kernel import ids
from plumbline.kernel.problems import NotAllowed, NotFound, Problem, Unavailable
from plumbline.trail.errors import ReadOnly
from plumbline.web.converters import Reference

_STEP = re.compile(rf"/records/({Reference.regex})/.")


def page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The page of one problem, with its HTTP status."""
    # A refusal was to be expected, and whoever is stopped by the state of the log goes on reading: the page
    # keeps what leads elsewhere. A number to report is for what nobody expected: a fault of the installation,
    # whose page depends on nothing that may be at fault, and an address that leads nowhere.
    expected = problem.status < 500 or isinstance(problem, ReadOnly)
    context = {
        "problem": problem,
        "reference": "" if problem.status < 500 and not isinstance(problem, NotFound) else ids.opaque("err"),
        "back": back(request.path, problem),
        "layout": "web/base.html" if expected and _signed_in(request) else "web/plain.html",
        "page": {"title": problem.title, "crumbs": ()},
    }
    return render(request, "web/problem.html", context, status=problem.status)


def _signed_in(request: HttpRequest) -> bool:
    person = getattr(request, "user", None)
    return person is not None and person.is_authenticated


def back(path: str, problem: Problem) -> tuple[str, str]:
    """Name and address of the record that a step or form was about, if the reader may go there."""
    found = _STEP.match(path)
    if found is None or isinstance(problem, (NotAllowed, NotFound)):
        return "", ""
    return found[1], reverse("record", args=[found[1]])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its secret, or the session ended while it was being filled in."""
    return page(
        request,
        NotAllowed(
            "The form was not accepted because it did not carry this session's secret. "
            "Nothing was saved. Go back, reload the page and send it again."
        ),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler of addresses that lead nowhere."""
    return page(request, NotFound("No page has this address. Nothing was changed."))


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler of refusals raised by the framework."""
    return page(request, NotAllowed("The server refused this request. Nothing was changed."))


def failed(request: HttpRequest) -> HttpResponse:
    """Handler of faults in Plumbline itself."""
    return page(request, Unavailable("Plumbline could not finish this request. Nothing was half-written."))
