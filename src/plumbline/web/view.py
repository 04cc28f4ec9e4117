"""How every page begins and ends: who asks, and what becomes of a problem."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from plumbline.identity import actors
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid, NotSignedIn, Problem
from plumbline.records import read_log
from plumbline.web import errors

P = ParamSpec("P")


def page(
    view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Give ``view`` the actor; send the unknown to sign in; show a problem as a page of its status."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            actor = actors.actor_of_request(request)
            _legible(request)
            with read_log.logged():
                return view(request, actor, *args, **kwargs)
        except NotSignedIn:
            query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?{query}" if query else str(settings.LOGIN_URL))
        except Problem as problem:
            return errors.page(request, problem)

    return wrapped


def _legible(request: HttpRequest) -> None:
    """Raise `Invalid` for a NUL character in a field: no text has one, and PostgreSQL keeps none."""
    for source in (request.GET, request.POST):
        for name, values in source.lists():
            if any("\x00" in str(value) for value in (name, *values)):
                raise Invalid("A field cannot be read.", [Fault("", "has a NUL character", "remove it")])


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """The page named by the field ``next`` if it lies on this installation, else ``fallback``."""
    target = str(request.POST.get("next") or request.GET.get("next") or "")
    allowed = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=False)
    return target if allowed and target.startswith("/") else fallback


def whole(text: Any, default: int = 1) -> int:
    """``text`` as a whole number of at most nine digits; ``default`` for anything else."""
    try:
        number = int(str(text))
    except ValueError:
        return default
    return number if abs(number) < 1_000_000_000 else default
