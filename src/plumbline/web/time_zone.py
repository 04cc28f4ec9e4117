"""The time zone in which a reader sees instants: the one of their account, else that of the organization."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from plumbline.kernel import clock


class ReaderTimeZone:
    """Middleware that shows instants in the reader's time zone; days stay those of the organization."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer. Who asks is looked up only where an instant is shown."""

        def zone() -> str:
            return str(getattr(getattr(request, "user", None), "time_zone", ""))

        with clock.read_in(zone):
            return self.get_response(request)
