"""Approved records that the next edition of a register changes: whether the import opens revisions of them.

What is in force stays so until somebody approves the revision. Nothing is opened unless the map says so.
"""

from __future__ import annotations

import yaml

from plumbline.identity.actors import Actor
from plumbline.imports.map_yaml import words_in
from plumbline.imports.mapping import REVISE, RegisterMap
from plumbline.imports.notices import RowFault
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Problem
from plumbline.kernel.workflow import Move
from plumbline.records import commands
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

FIELD = "state"
"""What a refusal of a row is about whose record nobody may amend as it stands."""


def step_of(kind: Kind, state: str) -> Move | None:
    """The step by which one person turns what is approved into a draft, without a reason to give."""
    flow = kind.workflow
    found = (
        move
        for move in flow.open_from(state)
        if state in flow.frozen and move.target in flow.drafts and not (move.restores or move.reason)
    )
    return next(found, None)


def step_for(kind: Kind, register: RegisterMap, state: str) -> Move | None:
    """The step that an import with this map takes before it changes a record in ``state``; none to take."""
    return step_of(kind, state) if register.approved == REVISE else None


def refusals(actor: Actor, kind: Kind, register: RegisterMap, record: Record) -> list[RowFault]:
    """Why a record that nobody may amend as it stands is not changed; nothing where the import opens it."""
    step = step_for(kind, register, record.state)
    if step is not None:
        try:
            commands.judge_move(actor, kind, record, step.name)
        except Problem as problem:
            said = problem.faults[0].message if problem.faults else problem.detail
            return [RowFault("", FIELD, said)]
        return []
    message = say(
        "imports.changes-which-is-and-cannot-be",
        "changes {reference}, which is {state} and cannot be amended",
        reference=record.reference,
        state=record.state,
    )
    remedy = (
        "have this import open a revision (in the map: approved: revise), or take the record back to a draft"
        if step_of(kind, record.state) is not None
        else "take the record back to a draft first, then import again"
    )
    return [RowFault("", FIELD, message, remedy)]


def map_that_opens(map_text: str) -> str:
    """A map that says so of approved records, and else says what ``map_text`` says."""
    return yaml.safe_dump(
        {**words_in(map_text), "approved": REVISE}, sort_keys=False, allow_unicode=True, width=110
    )


def opened(record: Record) -> RowFault:
    """What the preview says of a row whose record is opened."""
    message = say(
        "imports.revision-opened",
        "{reference} is approved; a revision of it is opened, and waits for its approval",
        reference=Ref(record.reference),
    )
    return RowFault("", "", message, "", "", "opened")
