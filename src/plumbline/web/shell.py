"""What stands around every page: navigation, counts, seal, theme."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context of the shell."""
    return {"theme": request.COOKIES.get("plumbline_theme", "system")}
