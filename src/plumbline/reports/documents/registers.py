"""Documents about many records: statement of applicability, risk register, posture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from plumbline.clauses.rules import Level
from plumbline.controls import posture as postures
from plumbline.controls import residual
from plumbline.controls.residual import Residual
from plumbline.documents.model import Document, Paragraph, Section, Table
from plumbline.identity import policy
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds, names, read_log
from plumbline.records import queries as records
from plumbline.reports import applicability, queries, risk_register
from plumbline.reports.applicability import Row
from plumbline.reports.documents.frame import check_length, document, word
from plumbline.wording import render

STATEMENT, RISKS, POSTURE = "statement-of-applicability", "risk-register", "posture"


def statement(actor: Actor, at: datetime | None) -> Document:
    """The statement of applicability as ``actor`` may see it. Raises as `applicability.statement` does."""
    policy.require(actor, "export", kind=applicability.KIND, anywhere=True)
    found = applicability.statement(actor, at)
    columns = (
        gettext("Control"), gettext("Title"), gettext("Applies"), gettext("Reason"), gettext("How"),
        gettext("Measured"), gettext("Attested"), gettext("Record"),
    )  # fmt: skip
    facts = (
        (gettext("Applicable"), str(found.counted("yes"))),
        (gettext("Not applicable"), str(found.counted("no"))),
        (gettext("Not decided"), str(found.counted("") or "")),
        (gettext("Not visible to whoever asked"), str(sum(row.hidden for row in found.all_rows) or "")),
    )
    areas: dict[str, list[Row]] = {}
    for row in found.all_rows:
        areas.setdefault(row.area, []).append(row)
    sections = [
        Section(gettext(area), (Table(columns, tuple(map(_control, rows)), (4, 9, 5, 14, 10, 5, 5, 5)),))
        for area, rows in areas.items()
    ]
    rests_on = [(row.reference, row.revision) for row in found.all_rows if row.reference]
    title = gettext("Statement of applicability")
    return document(STATEMENT, title, at, facts, sections, rests_on=rests_on, landscape=True)


def _control(row: Row) -> tuple[str, ...]:
    applies = {"yes": gettext("Applicable"), "no": gettext("Not applicable")}
    reason = row.exclusion_reason if row.applicable == "no" else row.justification
    posture = row.posture
    return (
        row.number,
        row.title,
        gettext("Not visible") if row.hidden else applies.get(row.applicable, gettext("Not decided")),
        "\n".join(filter(None, (", ".join(map(word, row.reasons)), reason))),
        row.how,
        word(str(posture.measured)) if posture else "",
        word(str(posture.attested)) if posture and posture.attested else "",
        f"{row.reference} ({row.revision})" if row.reference else "",
    )


def risks(actor: Actor, at: datetime | None) -> Document:
    """The risk register as ``actor`` may see it, with what is left of each risk. Raises `NotAllowed`."""
    slug = risk_register.KIND
    if not kinds.exists(slug):
        raise NotFound("This installation keeps no risks.")
    kind = kinds.get(slug)
    policy.require(actor, "export", kind=slug, anywhere=True)
    seen = queries.visible_references(actor, slug)
    check_length(len(seen))
    rows = [row for row in records.claimed(slug, at) if row["reference"] in seen]
    read_log.of_list(actor, kind, len(rows))
    left = residual.today([row["reference"] for row in rows]) if at is None else residual.left_at(at)
    systems = names.titles(actor, {row["system"] for row in rows if row["system"]})
    people = identity.names(row["owner"] for row in rows if row["owner"])
    rows.sort(key=lambda row: (-_level(left, row), row["reference"]))
    columns = (
        gettext("Reference"), gettext("Risk"), gettext("AI system"), gettext("Before treatment"),
        gettext("Response"), gettext("Planned"), gettext("Today"), gettext("State"), gettext("Owner"),
        gettext("Next review"),
    )  # fmt: skip
    cells = tuple(_risk(row, left.get(row["reference"]), systems, people) for row in rows)
    table = Table(columns, cells, (5, 14, 8, 5, 5, 5, 5, 5, 7, 5))
    unjudged = sum(row["reference"] not in left for row in rows)
    facts = (
        (gettext("Risks"), str(len(rows))),
        (gettext("Not judged before and after treatment"), str(unjudged or "")),
        (gettext("More is left than was planned"), str(_graver(left, rows) or "")),
    )
    return document(
        RISKS, gettext("Risk register"), at, facts, [Section(gettext("Risks"), (table,))],
        rests_on=[(row["reference"], row["revision"]) for row in rows], landscape=True,
    )  # fmt: skip


def _level(left: Mapping[str, Residual], row: Mapping[str, Any]) -> int:
    found = left.get(row["reference"])
    return int(found.today) if found else 0


def _graver(left: Mapping[str, Residual], rows: list[dict[str, Any]]) -> int:
    return sum(row["reference"] in left and left[row["reference"]].graver for row in rows)


def _risk(
    row: Mapping[str, Any], left: Residual | None, systems: Mapping[str, str], people: Mapping[str, str]
) -> tuple[str, ...]:
    def level(found: Level | None) -> str:
        return word(found.word) if found else ""

    return (
        row["reference"],
        row["title"],
        systems.get(row["system"] or "", "") or word(residual.extent(row["system"])),
        level(left.before if left else None),
        word(row["response"] or ""),
        level(left.planned if left else None),
        level(left.today if left else None),
        word(row["state"]),
        people.get(row["owner"] or "", ""),
        row["next_review"] or "",
    )


def posture(actor: Actor, at: datetime | None) -> Document:
    """What is measured of every requirement beside what is attested. Raises `NotAllowed`."""
    policy.require(actor, "export", kind=applicability.KIND, anywhere=True)
    rows = postures.posture(actor, at=at)
    columns = (
        gettext("Requirement"), gettext("Title"), gettext("Measured"), gettext("Share"), gettext("Attested"),
        gettext("Why"),
    )  # fmt: skip
    cells = tuple(
        (
            row.number,
            row.title,
            word(str(row.measured)),
            render(row.share) if row.share is not None else "",
            word(str(row.attested)) if row.attested else "",
            "\n".join(render(reason.message) for reason in row.reasons[:3]),
        )
        for row in rows
    )
    note = Paragraph(
        gettext(
            "A measured state is derived from checks and records, and concludes nothing about conformity."
        )
    )
    section = Section(gettext("Requirements"), (note, Table(columns, cells, (4, 10, 5, 6, 5, 16))))
    facts = ((gettext("Requirements"), str(len(rows))),)
    return document(POSTURE, gettext("Posture"), at, facts, [section], landscape=True)
