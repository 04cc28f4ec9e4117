"""Refusals on a record's page: they come back to the place where somebody acted, with all that was typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Problem
from plumbline.web.records import detail
from plumbline.web.records.step_panels import Refused

P = ParamSpec("P")


def comes_back_to(
    form: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase],
]:
    """A view that acts on a record: what is refused comes back as the record's page, with all that was typed.

    ``form`` is the anchor of the form on that page, with names of the view's arguments in braces.
    """

    def declare(
        view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]:
        @wraps(view)
        def answer(
            request: HttpRequest, actor: Actor, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            try:
                return view(request, actor, *args, **kwargs)
            except Problem as problem:
                refused = Refused(form.format(**kwargs), problem, request.POST)
                try:
                    context = detail.record_page(actor, str(kwargs["reference"]), refused=refused)
                    return detail.answer(request, actor, context)
                except Problem:
                    # A reader who may not see the record learns nothing but the refusal itself.
                    raise problem from None

        return answer

    return declare
