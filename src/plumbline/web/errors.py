"""Problems as pages: what happened, what was kept, what to do, and a reference number."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plumbline.kernel import ids
from plumbline.kernel.problems import NotAllowed, NotFound, Problem, Unavailable


def page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The page of one problem, with its HTTP status."""
    reference = ids.opaque("err")
    return render(
        request, "web/problem.html", {"problem": problem, "reference": reference}, status=problem.status
    )


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
