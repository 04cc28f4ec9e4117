"""What views share: where to go next, and numbers in addresses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """The page named by the field ``next`` if it lies on this installation, else ``fallback``."""
    target = str(request.POST.get("next") or request.GET.get("next") or "")
    allowed = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=False)
    return target if allowed and target.startswith("/") else fallback


def parse_int(text: Any, default: int = 1) -> int:
    """``text`` as a whole number of at most nine digits; ``default`` for anything else."""
    try:
        number = int(str(text))
    except ValueError:
        return default
    return number if abs(number) < 1_000_000_000 else default
