"""Answers to errors of the server itself: a problem document for the API, a page for everybody else."""

from __future__ import annotations

import sys

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from plumbline.api import dispatch
from plumbline.kernel.problems import Fault, Malformed, Unavailable
from plumbline.trail import storage
from plumbline.web import errors

_UNKNOWN_HOST = """Plumbline does not answer to this host name.

Use the address that was printed when it started, or let whoever runs it add the name to PLUMBLINE_HOSTS
(and set PLUMBLINE_ADDRESS, which links are made with).
"""


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to an unexpected error; it never says what went wrong inside, which is in the log."""
    # Django calls this while it handles the exception.
    error = sys.exc_info()[1]
    found = storage.problem_of(error) if error is not None else None
    if request.path.startswith("/api/"):
        problem = found or Unavailable("Plumbline could not finish this request. Nothing was half-written.")
        return dispatch.refusal(problem, request.path)
    return errors.page(request, found) if found is not None else errors.failed(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to a request that is not accepted at all: an unknown host name, a form beyond all limits."""
    if request.path.startswith("/api/"):
        remedy = "use a name the installation answers to, and less in one request"
        problem = Malformed("The server does not accept this request.", [Fault("", "cannot be read", remedy)])
        return dispatch.refusal(problem, request.path)
    if isinstance(exception, DisallowedHost):
        return HttpResponse(_UNKNOWN_HOST, status=400, content_type="text/plain; charset=utf-8")
    return defaults.bad_request(request, exception)
