"""A person who saves something goes before long work."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from plumbline.trail import turns

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class ShortWork:
    """Middleware: requests that may write hold their place in the queue of writers (`trail.turns`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if request.method in _SAFE:
            return self.get_response(request)
        with turns.short():
            return self.get_response(request)
