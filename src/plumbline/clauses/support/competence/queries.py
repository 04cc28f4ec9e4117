"""The matrix of competences, and whether somebody had one on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from plumbline.clauses import queries as clauses
from plumbline.clauses.support.competence import evidence
from plumbline.clauses.support.competence.evidence import Cell, Facts, Known, Standing
from plumbline.identity import policy
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import kinds
from plumbline.records import queries as records

KINDS: Final = ("competence", "qualification", "training")
NOT_ANSWERED: Final = "The question was not answered."


@dataclass(frozen=True)
class Row:
    """Somebody, and what is shown of them; ``person`` is empty for somebody without an account."""

    who: str
    name: str
    person: str
    roles: tuple[str, ...]
    cell: Cell


@dataclass(frozen=True)
class Asked:
    """A competence in force, with a row for everybody of whom it is asked or recorded.

    ``position`` is the role whose holders need it, empty where no role is named.
    """

    reference: str
    title: str
    work: str
    position: str
    rows: tuple[Row, ...]


def require(actor: Actor, verb: str = "read") -> None:
    """Raise `NotAllowed` unless ``actor`` may ``verb`` (read, export) the three kinds that this rests on."""
    for kind in KINDS:
        policy.require(actor, verb, kind=kind, anywhere=True)


def matrix(actor: Actor, at: datetime | None = None) -> tuple[Asked, ...]:
    """Every competence in force and who has it, on the day of ``at`` (today, by default) and as known then.

    Raises `NotAllowed`.
    """
    require(actor)
    if not all(map(kinds.exists, KINDS)):
        return ()
    known, day = _known(actor, at), clock.day_of(at or clock.now())
    roles = identity.roles_held(at or clock.now())
    names = identity.names({*roles, *(row["person"] for row in _all(known) if row["person"])})
    found = []
    for row in clauses.in_force_if_any("competence", at):
        if row["reference"] in known.seen:
            position = row["position"] or ""
            rows = _rows(known, row["reference"], position, day, roles, names)
            found.append(Asked(row["reference"], row["title"], row["work"], position, rows))
    return tuple(found)


def counts(asked: tuple[Asked, ...]) -> dict[Standing, int]:
    """How many pairs of a competence and somebody of whom it is asked stand in each way."""
    found = dict.fromkeys(Standing, 0)
    for row in (row for one in asked for row in one.rows if row.cell.asked):
        found[row.cell.standing] += 1
    return found


def _all(known: Known) -> tuple[Facts, ...]:
    return known.qualifications + known.trainings


def _known(actor: Actor, at: datetime | None) -> Known:
    seen = frozenset(
        reference
        for kind in KINDS
        for reference in records.visible(actor, kinds.get(kind)).values_list("reference", flat=True)
    )
    trainings = tuple(records.claimed("training", at))
    return Known(tuple(clauses.in_force_if_any("qualification", at)), trainings, seen)


def _rows(
    known: Known,
    competence: str,
    position: str,
    day: date,
    roles: Mapping[str, frozenset[str]],
    names: Mapping[str, str],
) -> tuple[Row, ...]:
    holders = {handle for handle, held in roles.items() if position and position in held}
    recorded = {
        row["person"] or row["holder"]
        for row in _all(known)
        if competence in (row.get("competences") or [row.get("competence")])
    }
    found = []
    for who in holders | recorded:
        cell = evidence.cell(known, who, competence, day, asked=who in holders)
        if cell is not None and (cell.asked or cell.standing is not Standing.HIDDEN):
            name = names.get(who, "")
            found.append(Row(who, name or who, who if name else "", tuple(sorted(roles.get(who, ()))), cell))
    return tuple(sorted(found, key=lambda row: (row.name.casefold(), row.who)))


@dataclass(frozen=True)
class Piece:
    """A record on which an answer rests. ``says`` is what it shows, in words of the product."""

    reference: str
    title: str
    revision: int
    approved_on: date | None
    shown_on: date | None
    valid_until: date | None
    text: str
    known_then: bool
    """Whether it was approved by the end of the day that was asked about."""
    withdrawn: bool
    """Whether it was in force on that day and is not any more."""


@dataclass(frozen=True)
class Answer:
    """Whether somebody had one competence on a day: ``yes``, ``no`` or ``not known``, and what shows it."""

    competence: str
    title: str
    verdict: str
    reason: Message
    evidence: tuple[Piece, ...]


def competences(actor: Actor) -> list[Facts]:
    """The competences in force that the actor may see. Raises `NotAllowed`."""
    return list(clauses.in_force_seen(actor, "competence"))


def subjects(actor: Actor, subject: str, at: datetime | None = None) -> tuple[Facts, ...]:
    """The competences that a subject means: a reference, a word for the work, or a role that needs them.

    Raises `Invalid` for a subject that is none of them, or that the actor may not see.
    """
    require(actor)
    works = {str(word) for word, _ in kinds.get("competence").field("work").flatchoices if word}
    seen = set(records.visible(actor, kinds.get("competence")).values_list("reference", flat=True))
    rows = {row["reference"]: row for row in clauses.in_force_if_any("competence", at)}
    asked = subject.strip()
    found = tuple(
        row
        for reference, row in sorted(rows.items())
        if reference in seen and asked in (reference, row["work"], row["position"])
    )
    if found or asked in works or asked in ROLES:
        return found
    remedy = say("competence.subject", "the reference of a competence in force, a sort of work, or a role")
    raise Invalid(NOT_ANSWERED, [Fault("subject", say("competence.unknown", "is not known"), remedy)])


def answer(actor: Actor, who: str, subject: str, day: date, at: datetime | None = None) -> tuple[Answer, ...]:
    """Whether ``who`` had what a subject means on ``day``, one answer for each competence, as it was known at
    ``at`` (now by default). None where no competence has been determined for the subject.

    ``who`` is a person (opaque id or e-mail address) or the name of somebody without an account. Raises
    `Invalid` for a day that has not come and an unknown subject, and `NotAllowed`.
    """
    if day > clock.day_of(at or clock.now()):
        remedy = say("competence.past", "ask about today or a day before")
        raise Invalid(NOT_ANSWERED, [Fault("day", say("competence.ahead", "has not come"), remedy)])
    person = who.strip()
    if "@" in person or person.startswith("per_"):
        person = identity.person(person).handle
    then = min(clock.day_end(day), at or clock.now())
    now, before = _known(actor, at), _known(actor, then)
    return tuple(_answered(row, person, day, now, before) for row in subjects(actor, subject, at))


def _answered(row: Facts, person: str, day: date, now: Known, before: Known) -> Answer:
    reference = str(row["reference"])
    held = {
        one["reference"]: one
        for known in (before, now)
        for one in known.qualifications
        if one["competence"] == reference and evidence.is_about(one, person)
    }
    standing = {one["reference"] for one in now.qualifications}
    trained = evidence.held(now.trainings, person, reference, day)
    if not now.seen.issuperset([*held, *(one["reference"] for one in trained)]):
        return Answer(
            reference,
            row["title"],
            "not known",
            say("competence.answer-hidden", "There are records that you may not see."),
            (),
        )
    shown = tuple(_qualification(one, day, one["reference"] not in standing) for one in held.values())
    verdict, reason = _verdict(list(held.values()), standing, trained, day)
    return Answer(
        reference, row["title"], verdict, reason, shown + tuple(_training(one, day) for one in trained)
    )


def _verdict(shown: list[Facts], standing: set[str], trained: list[Facts], day: date) -> tuple[str, Message]:
    covering = [one for one in shown if evidence.covers(one, day)]
    if any(one["reference"] in standing for one in covering):
        return "yes", say("competence.answer-holds", "An approved qualification holds on that day.")
    if covering:
        return "not known", say(
            "competence.answer-withdrawn", "What was in force on that day was withdrawn since."
        )
    if shown:
        return "no", say(
            "competence.answer-other-days",
            "Approved qualifications held before or after, and none on that day.",
        )
    if not trained:
        return "not known", say("competence.answer-nothing", "Nothing is recorded of it.")
    if trained[-1]["state"] != "evaluated":
        return "not known", say(
            "competence.answer-not-evaluated",
            "A training was held, and nobody has approved whether it worked.",
        )
    if trained[-1]["result"] == "not effective":
        return "no", say(
            "competence.answer-did-not-work",
            "The last training did not work, and no approved qualification holds on that day.",
        )
    return "not known", say(
        "competence.answer-no-qualification",
        "A training worked, and no approved qualification says from when to when that holds.",
    )


def _approved(row: Facts) -> date | None:
    return clock.day_of(clock.parse_rfc3339(row["approved_at"])) if row["approved_at"] else None


def _qualification(row: Facts, day: date, withdrawn: bool) -> Piece:
    approved = _approved(row)
    known = approved is not None and approved <= day
    return Piece(
        row["reference"], row["title"], row["revision"], approved, evidence.day_of(row["shown_on"]),
        evidence.day_of(row["valid_until"]), row["evidence"], known, withdrawn,
    )  # fmt: skip


def _training(row: Facts, day: date) -> Piece:
    approved = _approved(row) if row["approved"] else None
    return Piece(
        row["reference"], row["title"], row["revision"], approved, evidence.day_of(row["held_on"]), None,
        row["result"] or "", approved is not None and approved <= day, withdrawn=False,
    )  # fmt: skip
