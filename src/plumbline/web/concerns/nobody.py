"""Whoever raises a concern without a name is nobody here, whatever their browser sends."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from plumbline.web.language import COOKIE

PREFIXES = ("/raise-concern/", "/api/v1/anonymous-concerns")
"""Addresses that know nobody."""


class KnowNobody:
    """Middleware, before that of sessions: at these addresses no session is read, begun, or noted as in use.

    Somebody who is signed in would else leave a mark: in the line of the log, in the time at which a session
    was last used. Only the language that was chosen stays. Nothing may be kept or indexed of the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIXES):
            return self.get_response(request)
        chosen = request.COOKIES.get(COOKIE)
        request.COOKIES = {} if chosen is None else {COOKIE: chosen}
        for name in ("HTTP_COOKIE", "HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_AUTHORIZATION"):
            request.META.pop(name, None)
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.cookies.clear()
        return response
