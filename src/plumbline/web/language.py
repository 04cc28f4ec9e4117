"""The language of a reader: the one chosen in the account, else English.

The browser's ``Accept-Language`` is not asked: a language that is there in part should be somebody's choice.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext

from plumbline.wording.languages import KNOWN

COOKIE = "plumbline_language"
COOKIE_AGE = 31_536_000
"""Seconds that the choice is kept in the browser: a year."""
ENGLISH = "en"


def of_request(request: HttpRequest) -> str:
    """The code of the language that was chosen in this browser, if there is such a language."""
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in KNOWN else ENGLISH


def choices() -> list[tuple[str, str]]:
    """Codes of the languages with what each calls itself; every one but English is complete in part."""
    return [
        (code, name if code == ENGLISH else gettext("{language} (in part)").format(language=name))
        for code, name in KNOWN.items()
    ]


def remember(response: HttpResponse, code: str) -> None:
    """Keep the choice in the browser."""
    response.set_cookie(COOKIE, code, max_age=COOKIE_AGE, samesite="Lax", httponly=True)


class ReaderLanguage:
    """Middleware that answers in the language of the reader and says in the header which one it was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, rendered with the language active; the thread has its own language again afterwards."""
        code = of_request(request)
        with translation.override(code):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response
