"""A person who saves something goes before background work."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from plumbline.trail import log_state, write_priority

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class ForegroundWrites:
    """Middleware: requests that may write hold the lock of foreground work (`trail.write_priority`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        # A restored database may have taken the place of the file that this thread has open; nothing is read
        # or written there any more.
        log_state.leave_replaced_database()
        if request.method in _SAFE:
            return self.get_response(request)
        with write_priority.foreground():
            return self.get_response(request)
