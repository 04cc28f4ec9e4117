"""How the installation itself is doing: what it needs, and how each stage of the flow goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Text
from plumbline.web.frame import Crumb
from plumbline.web.pages import Permission, page
from plumbline.work import queries, readiness
from plumbline.work.queries import StageHealth
from plumbline.work.readiness import Check


@dataclass(frozen=True)
class StageRow:
    """One stage, what mends it when it fails, and whether a process has it in hand."""

    health: StageHealth
    remedy: Text
    is_held: bool


@dataclass(frozen=True)
class OperationsPage:
    """The context of the page."""

    title: str
    crumbs: tuple[Crumb, ...]
    checks: Sequence[Check]
    stages: Sequence[StageRow]


def _row(stage: StageHealth) -> StageRow:
    remedy = readiness.remedy_of(stage) if stage.is_failing else ""
    return StageRow(stage, remedy, stage.until is not None and stage.until > clock.now())


@page("operations/", name="operations", title="Operations", permission=Permission("read"))
def operations(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the health endpoint says, with remedies, and the stages of the flow with their troubles."""
    shown = OperationsPage(
        gettext("Operations"),
        (),
        readiness.checks(settings.PLUMBLINE),
        [_row(stage) for stage in queries.health()],
    )
    return render(request, "web/trail/operations.html", {"page": shown})
