"""Deciding rows of the statement of applicability: many at once, all of them or none.

Each row goes through the door as its own page would send it, with a revision and an entry of its own. One
transaction holds them together, so that a refusal leaves the statement as it was and whoever decided can mend
the row that is wrong. Nobody approves here: that is a step of a second person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Text, listing, say
from plumbline.kernel.problems import Fault, Invalid, NotAllowed, Problem
from plumbline.records import commands, kinds, spellings
from plumbline.records import queries as records
from plumbline.records.writing import Saved
from plumbline.reports.applicability import KIND

FIELDS = (
    "applicable", "reasons", "justification", "exclusion_reason", "implementation", "how", "risks", "systems",
    "documents", "owner", "next_review",
)  # fmt: skip
"""What a decision may set; the control and the title of a row follow from the catalogue."""
MOST = 500
"""Rows of one save at the most: the controls of Annex A and hundreds of an organization's own."""
_VERSION = "statement-version"


@dataclass(frozen=True)
class Decision:
    """What is decided of one control, by `FIELDS`.

    ``control`` is its number or id, or the reference of a row for an own control; ``revision`` is that of the
    row as the actor saw it, ``None`` where there was no row yet.
    """

    control: str
    values: Mapping[str, Any] = field(default_factory=dict)
    revision: int | None = None


@dataclass(frozen=True)
class Decided:
    """What became of one decision. ``change``: ``created``, ``amended``, ``submitted`` or ``unchanged``."""

    control: str
    change: str
    reference: str
    revision: int
    state: str


def decide(actor: Actor, decisions: Sequence[Decision], *, submit: bool = False) -> list[Decided]:
    """Save all ``decisions``, and with ``submit`` ask for the review of each row that is a draft then.

    Raises `Invalid` with a fault for each thing wrong with a row (its field is ``<number>.<field>``), and
    saves nothing then; `NotAllowed` for whoever may write no such row.
    """
    if not policy.may(actor, "amend", kind=KIND, anywhere=True):
        policy.require(actor, "create", kind=KIND, anywhere=True)
    _check(decisions)
    rows = _rows(actor)
    done: list[Decided] = []
    refused: dict[str, Problem] = {}
    with transaction.atomic():
        for decision in decisions:
            key = _key(decision.control)
            label = key.number if isinstance(key, Requirement) else key
            try:
                # A savepoint: a row that is refused half way leaves nothing for the next one to meet.
                with transaction.atomic():
                    row = rows.get(key.id if isinstance(key, Requirement) else key)
                    now, change = _saved(actor, key, row, decision)
                    if submit and now.state in kinds.get(KIND).workflow.drafts:
                        now = _moved(actor, now, "submit")
                        change = "submitted"
                    done.append(Decided(label, change, now.reference, now.revision, now.state))
            except NotAllowed:
                raise
            except Problem as problem:
                refused[label] = problem
        if refused:
            text = "Nothing was saved. Look at {controls}."
            raise Invalid(
                say("decisions.refused", text, controls=listing(list(refused), shown=5)),
                [fault for label, problem in refused.items() for fault in _faults(label, problem)],
            )
    return done


def freeze(actor: Actor, occasion: str, title: str = "") -> Saved:
    """Freeze the statement as it stands into a version, and ask for its approval.

    Raises `Conflict` while a control has no approved row, `Invalid` without an ``occasion``, `NotAllowed`.
    """
    day = clock.today().isoformat()
    values = {"title": title.strip() or f"Statement of applicability, {day}", "occasion": occasion}
    with transaction.atomic():
        made = commands.create(actor, _VERSION, values)
        return commands.move(actor, made.reference, "submit", revision=made.revision)


def _check(decisions: Sequence[Decision]) -> None:
    remedy: Text
    if not decisions:
        raise Invalid("Nothing was saved.", [Fault("decisions", "are none", "decide at least one control")])
    if len(decisions) > MOST:
        remedy = say("decisions.most", "at most {most} in one save", most=MOST)
        raise Invalid("Nothing was saved.", [Fault("decisions", "are too many", remedy)])
    names = [_key(decision.control) for decision in decisions]
    if len(set(names)) < len(names):
        raise Invalid("Nothing was saved.", [Fault("decisions", "name a control twice", "name each once")])
    remedy = say("fault.one-of", "one of: {names}", names=", ".join(FIELDS))
    if faults := [
        Fault(f"{decision.control}.{name}", "is not part of a decision", remedy)
        for decision in decisions
        for name in decision.values
        if name not in FIELDS
    ]:
        raise Invalid("Nothing was saved.", faults)


def _key(control: str) -> Requirement | str:
    """The control of Annex A with this number or id, in any usual spelling; otherwise a reference."""
    by_id = {known.id: known for known in catalogs.controls()}
    named = by_id.get(spellings.requirement(control.strip(), by_id))
    return named if named is not None else spellings.reference(control.strip().upper())


@dataclass(frozen=True)
class _Row:
    """A row as it stands."""

    reference: str
    revision: int
    state: str
    applicable: str


def _rows(actor: Actor) -> dict[str, _Row]:
    """The rows that ``actor`` may see, by the id of their control or, for an own one, their reference."""
    names = ("requirement", "reference", "revision", "state", "applicable")
    found = records.visible(actor, kinds.get(KIND)).values_list(*names)
    return {requirement or reference: _Row(reference, *rest) for requirement, reference, *rest in found}


def _saved(actor: Actor, key: Requirement | str, row: _Row | None, decision: Decision) -> tuple[_Row, str]:
    """The row with what was decided, and whether that made it, changed it or neither."""
    if row is None:
        return _created(actor, key, decision), "created"
    if decision.revision != row.revision:
        text = say(
            "decisions.stale", "was saved by somebody else meanwhile (revision {now})", now=row.revision
        )
        raise Invalid("Nothing was saved.", [Fault("revision", text, "read what they wrote")])
    values = _with_side(decision.values, row)
    with transaction.atomic():
        open_row = _moved(actor, row, "revise") if row.state == "approved" else row
        saved = commands.amend(actor, row.reference, values, revision=open_row.revision)
        if saved.revision == open_row.revision:
            # Nothing of it is new: what is in force stays in force and is not opened for revision.
            transaction.set_rollback(True)
            return row, "unchanged"
    return _of(saved, str(values.get("applicable", row.applicable))), "amended"


def _created(actor: Actor, key: Requirement | str, decision: Decision) -> _Row:
    if not isinstance(key, Requirement):
        remedy = "such as A.6.2.6, or the reference of a row of your own control"
        raise Invalid("Nothing was saved.", [Fault("control", "is not known", remedy)])
    if decision.revision is not None:
        remedy = "leave it out for a new row"
        raise Invalid("Nothing was saved.", [Fault("revision", "has no row that you may see", remedy)])
    values = {"title": key.title, "requirement": key.id, **decision.values}
    return _of(commands.create(actor, KIND, values), str(values.get("applicable", "")))


def _with_side(values: Mapping[str, Any], row: _Row) -> dict[str, Any]:
    """The values, without what was said for the other answer where the answer turns; its history keeps it."""
    answer = values.get("applicable", row.applicable)
    if answer == row.applicable:
        return dict(values)
    other: dict[str, Any] = (
        {"exclusion_reason": ""} if answer == "yes" else {"reasons": [], "justification": ""}
    )
    return {**other, **values}


def _moved(actor: Actor, row: _Row, step: str) -> _Row:
    return _of(commands.move(actor, row.reference, step, revision=row.revision), row.applicable)


def _of(saved: Saved, applicable: str) -> _Row:
    return _Row(saved.reference, saved.revision, saved.state, applicable)


def _faults(label: str, problem: Problem) -> list[Fault]:
    """The faults of one row, each under the number of its control."""
    if not problem.faults:
        return [Fault(label, problem.detail, problem.remedy or "")]
    return [Fault(f"{label}.{fault.field}", fault.message, fault.remedy) for fault in problem.faults]
