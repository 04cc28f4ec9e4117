"""A page is declared once, on the function that answers: everything else about it is read from here.

Addresses, the sidebar, the overview at ``/help/pages/``, who may open what, and the list of pages that the
tests walk through all follow from the declaration.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from importlib import import_module
from typing import Any, Concatenate, Literal, ParamSpec, TypeAlias
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from plumbline.identity import actors, policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid, NotSignedIn, Problem
from plumbline.records import read_log
from plumbline.trail.errors import ReadOnly
from plumbline.web import as_of as days
from plumbline.web import errors, task_count

P = ParamSpec("P")
Method: TypeAlias = Literal["GET", "GET+POST", "POST", "file"]
View: TypeAlias = Callable[..., HttpResponseBase]
METHODS: Mapping[Method, list[str]] = {
    "GET": ["GET", "HEAD"],
    "GET+POST": ["GET", "HEAD", "POST"],
    "POST": ["POST"],
    "file": ["GET", "HEAD"],
}
"""HTTP methods of a page, a page with a form of its own, an action, and an answer that is not a page."""


@dataclass(frozen=True)
class Nav:
    """Where the sidebar has a page: its group and place there, what it is called, and the key after G."""

    group: str
    place: int
    label: str
    icon: str
    key: str = ""


@dataclass(frozen=True)
class Permission:
    """What somebody needs to open a page.

    Without a ``kind`` the verb is asked of the installation. With ``anywhere`` it is enough to have it on
    some record or other, of ``kind`` if that is given.
    """

    verb: str
    kind: str = ""
    anywhere: bool = False

    def answer(self, actor: Actor) -> policy.Answer:
        """Whether ``actor`` has it, with the reason."""
        return policy.may(actor, self.verb, kind=self.kind or None, anywhere=self.anywhere)

    def __str__(self) -> str:
        of = f" {self.kind}" if self.kind else ""
        return f"{self.verb}{of}{' anywhere' if self.anywhere else ''}"


@dataclass(frozen=True)
class Page:
    """One declared page.

    ``path`` is a Django route, ``name`` how `reverse` knows it. ``permissions`` are checked before the view
    is called; what depends on the record in the address is checked where the record is read. ``samples`` are
    addresses for the tests, with ``{names}`` of things in the organization that they set up.
    """

    path: str
    name: str
    title: str
    view: View
    method: Method = "GET"
    nav: Nav | None = None
    permissions: tuple[Permission, ...] = ()
    samples: tuple[str, ...] = ()
    is_public: bool = False
    as_of: bool = False
    """Whether it can be shown as of a day; a page that cannot refuses an address that asks for one."""

    @property
    def meaning(self) -> str:
        """What the page is for: the first line of its view's docstring."""
        return (self.view.__doc__ or "").strip().partition("\n")[0]


_declared: dict[str, Page] = {}


@cache
def _load() -> None:
    """Import every module of the pages, so that a new one needs no list to be known."""
    from plumbline import web

    for module in pkgutil.walk_packages(web.__path__, f"{web.__name__}."):
        import_module(module.name)


def declared() -> tuple[Page, ...]:
    """Every page, in the order in which addresses are tried: fixed parts before those that vary."""
    _load()
    return _in_order()


@cache
def _in_order() -> tuple[Page, ...]:
    return tuple(sorted(_declared.values(), key=lambda entry: entry.path.replace("<", "\x7f")))


def get(name: str) -> Page:
    """The page called ``name``. Raises ``KeyError``."""
    _load()
    return _declared[name]


def shows_days(name: str) -> bool:
    """Whether the page called ``name`` can be shown as of a day; not for an address of another kind."""
    _load()
    return name in _declared and _declared[name].as_of


def _declare(entry: Page) -> None:
    if entry.name in _declared:
        raise ValueError(f"two pages are called {entry.name}")
    if "<" in entry.path and not entry.samples:
        raise ValueError(f"page {entry.name} varies and has no sample, so no test would look at it")
    _declared[entry.name] = entry
    _in_order.cache_clear()


def page(
    path: str,
    *,
    name: str,
    title: str,
    method: Method = "GET",
    nav: Nav | None = None,
    permission: Permission | tuple[Permission, ...] = (),
    samples: tuple[str, ...] = (),
    as_of: bool = False,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Declare the function below as a page for signed-in people; it is given the actor.

    Strangers are sent to sign in, a missing permission and every other problem become a page of its status.
    """
    permissions = permission if isinstance(permission, tuple) else (permission,)

    def declare(
        view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                actor = actors.actor_of_request(request)
                _check_text(request)
                if not as_of:
                    days.refuse(request)
                for needed in permissions:
                    policy.require(actor, needed.verb, kind=needed.kind or None, anywhere=needed.anywhere)
                with read_log.logged():
                    answered = view(request, actor, *args, **kwargs)
                if request.method == "POST":
                    task_count.forget(actor)
                return answered
            except NotSignedIn:
                return HttpResponseRedirect(_sign_in(request))
            except Problem as problem:
                return errors.page(request, problem)

        # Outside everything else: a wrong method is answered before anybody is asked to sign in.
        limited = require_http_methods(METHODS[method])(answer)
        sampled = samples or _own_sample(path)
        _declare(Page(path, name, title, limited, method, nav, permissions, sampled, as_of=as_of))
        return limited

    return declare


def public_page(
    path: str, *, name: str, title: str, method: Method = "GET", samples: tuple[str, ...] = ()
) -> Callable[[View], View]:
    """Declare the function below as a page that needs no signing in; it deals with its own problems itself.

    That the log takes no entries can meet any of them, and becomes a page here.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except ReadOnly as problem:
                return errors.page(request, problem)

        limited = require_http_methods(METHODS[method])(answer)
        _declare(
            Page(path, name, title, limited, method, samples=samples or _own_sample(path), is_public=True)
        )
        return limited

    return declare


def _own_sample(path: str) -> tuple[str, ...]:
    return () if "<" in path else (f"/{path}",)


def _sign_in(request: HttpRequest) -> str:
    """The sign-in page, which leads back here unless something was sent: that would not be sent again."""
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return f"{settings.LOGIN_URL}?{query}" if query else str(settings.LOGIN_URL)


def _check_text(request: HttpRequest) -> None:
    """Raise `Invalid` for a NUL character in a field: no text has one, and PostgreSQL keeps none."""
    for source in (request.GET, request.POST):
        for name, values in source.lists():
            if any("\x00" in str(value) for value in (name, *values)):
                raise Invalid("A field cannot be read.", [Fault("", "has a NUL character", "remove it")])
