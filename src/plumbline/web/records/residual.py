"""Residual risk today: the planned residual, as far as the controls that reduce it are working."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plumbline import catalogs
from plumbline.clauses import rules
from plumbline.controls import posture, residual
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, say
from plumbline.kernel.states import MeasuredState
from plumbline.web import cells


@dataclass(frozen=True)
class ControlRow:
    """One control that should reduce the risk, with its measured state now.

    ``organization_wide`` says that it reads for the system of the risk as for every other one.
    """

    label: str
    href: str
    measured: MeasuredState
    organization_wide: bool


@dataclass(frozen=True)
class ResidualToday:
    """The level before treatment, as planned after it, and today, with the controls it depends on."""

    before: str
    planned: str
    today: str
    graver: bool
    sentence: Message
    controls: tuple[ControlRow, ...]


def residual_today(actor: Actor, record: Any) -> dict[str, Any]:
    """The panel of a risk, the same for everybody who sees it: how far it reaches and, once it is judged
    before and after, what is left of it."""
    extent = {"extent": residual.extent(record.system_id)}
    if record.level is None or record.residual_level is None:
        return extent
    left = residual.today([record.reference])[record.reference]
    wide = posture.organization_wide(left.controls) if record.system is not None else frozenset()
    shown = tuple(
        ControlRow(catalogs.requirement(name).label, cells.requirement_href(name), state, name in wide)
        for name, state in left.controls.items()
        if catalogs.exists(name)
    )
    counted = [row for row in shown if row.measured is not MeasuredState.NOT_APPLICABLE]
    holding = sum(row.measured in rules.HOLDING for row in counted)
    sentence = (
        say(
            "residual.controls",
            "{holding} of {count} controls that should reduce it are working.",
            holding=holding,
            count=len(counted),
        )
        if counted
        else say("residual.none", "No control of an approved treatment reduces it.")
    )
    today, words = left.today.word, (left.before.word, left.planned.word)
    return {**extent, "left": ResidualToday(*words, today, left.graver, sentence, shown)}
