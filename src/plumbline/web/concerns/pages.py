"""Raising a concern without signing in, and following it with the receipt; off unless a setting opens it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from plumbline.clauses.improvement.anonymous import commands, limits, queries, receipts
from plumbline.kernel.problems import Fault, Invalid, NotAllowed, NotFound, Problem, TooMany
from plumbline.telemetry.redaction import redact_text
from plumbline.web import errors
from plumbline.web.pages import public_page


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _own_form(request: HttpRequest) -> None:
    """Raise `NotAllowed` for a form of another site: there is no session whose secret it could lack."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise NotAllowed("The form was sent by another site. Write it on this page.", permission="")


def _shown(request: HttpRequest, name: str, problem: Problem | None = None, **more: Any) -> HttpResponse:
    context = {"problem": problem, "longest": commands.LONGEST, "faults": _faults(problem), **more}
    response = render(
        request, f"web/concerns/{name}.html", context, status=problem.status if problem else 200
    )
    if problem is not None and "retry_after" in problem.extra:
        response.headers["Retry-After"] = str(problem.extra["retry_after"])
    return response


def _faults(problem: Problem | None) -> tuple[Fault, ...]:
    return tuple(problem.faults) if problem is not None else ()


@public_page("raise-concern/", name="raise-concern", title="Raise a concern without a name")
def front(request: HttpRequest) -> HttpResponse:
    """The ways in which somebody can raise a concern without a name, and the field for a receipt."""
    try:
        queries.require_open()
    except NotFound as problem:
        return errors.page(request, problem)
    return _shown(request, "front", channels=queries.open_channels())


@public_page(
    "raise-concern/<slug:channel>/",
    name="raise-concern-by",
    title="Write a concern without a name",
    method="GET+POST",
    samples=("/raise-concern/inside/", "/raise-concern/outside/"),
)
@csrf_exempt
@sensitive_post_parameters("concern", "once")
def write(request: HttpRequest, channel: str) -> HttpResponse:
    """The form of one channel; what comes back is a receipt, shown once."""
    try:
        queries.require_open(channel)
    except NotFound as problem:
        return errors.page(request, problem)
    once = str(request.POST.get("once", "")) or receipts.new_once()
    form: dict[str, Any] = {"channel": channel, "once": once, "text": ""}
    if request.method != "POST":
        return _shown(request, "write", **form)
    text = str(request.POST.get("concern", ""))
    try:
        _own_form(request)
        limits.count_writing(_address(request))
        raised = commands.raise_concern(channel, text, redact_text, once)
    except (Invalid, NotAllowed, TooMany) as problem:
        return _shown(request, "write", problem, **{**form, "text": text.replace("\x00", "")})
    return _shown(request, "received", receipt=raised.receipt, again=raised.again)


@public_page(
    "raise-concern/follow/",
    name="follow-concern",
    title="What became of a concern",
    method="GET+POST",
)
@csrf_exempt
@sensitive_post_parameters("receipt", "addition")
def follow(request: HttpRequest) -> HttpResponse:
    """State and answer of a concern for whoever has its receipt, who may add to it; the receipt is never part
    of an address."""
    receipt, addition = str(request.POST.get("receipt", "")), str(request.POST.get("addition", ""))
    try:
        queries.require_open()
        if request.method != "POST":
            return _shown(request, "follow")
        limits.count_reading(_address(request))
        found = queries.follow(receipt)
    except NotFound as problem:
        if not queries.open_channels():
            return errors.page(request, problem)
        return _shown(request, "follow", problem)
    except TooMany as problem:
        return _shown(request, "follow", problem)
    refused: Problem | None = None
    if "addition" in request.POST:
        try:
            _own_form(request)
            limits.count_writing(_address(request))
            commands.add(receipt, addition, redact_text)
            found, addition = queries.follow(receipt), ""
        except (Invalid, NotAllowed, TooMany) as problem:
            refused = problem
    context = {"found": found, "receipt": receipt, "text": addition.replace("\x00", "")}
    return _shown(request, "followed", refused, added="addition" in request.POST and not refused, **context)
