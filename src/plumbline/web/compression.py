"""Pages, style sheet, script and icons go gzipped over the line; fonts, packs and data as they are.

Django's middleware adds random bytes to the gzip header, so that the length says nothing of a secret on
the page (BREACH); the form secret is masked anew on every page besides.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware

COMPRESSED = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"}
)


class Compression(GZipMiddleware):
    """Middleware that compresses what a page is made of, for browsers that take it."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """The answer, compressed if it is part of a page."""
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return super().process_response(request, response) if kind in COMPRESSED else response
