"""Reviews of papers, internal audits with their follow-up, and management reviews at Norrvik Energi."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.assurance.outsider.doors import Doors
from tests.assurance.outsider.thread import Act

from plumbline import catalogs
from plumbline.records import commands, kinds, values
from plumbline.records.models import Record
from plumbline.reports import review

OWN = ["iso42001:9.2.1", "iso42001:9.2.2"]
"""What the audit function does itself, so that somebody else audits it."""


def values_of(reference: str) -> tuple[str, dict[str, Any]]:
    """The kind and the plain values of a record."""
    kind = kinds.of_reference(reference)
    return kind.slug, dict(values.of_record(kind.model.objects.get(reference=reference), kind))


def reviewed(doors: Doors, kind: str, name: str) -> None:
    """The yearly review of a policy or document, as an act of its own."""
    today = doors.now.date()
    row = {
        "title": f"Yearly review of {name}",
        kind: name,
        "reviewed_on": today,
        "looked_at": "Obligations, incidents and concerns of twelve months, findings of the audit, "
        "minutes of the review.",
        "outcome": "stands",
        "reason": "Read against the incidents of the year and the law of this summer: what it says is "
        "what we do.",
        "next_review": date(today.year + 1, today.month, 1),
        "owner": "carla",
    }
    doors.take_in("carla", "astrid", "document-review", {f"review of {name} {today}": row})


def acts(doors: Doors) -> Iterator[Act]:
    """Two programmes, their audits with follow-up, and two management reviews."""
    yield date(2025, 10, 13), lambda: _programme(doors)
    yield date(2026, 1, 12), lambda: _audit(doors, "audit-1", "kari", ["4", "5", "6", "7"], _FOUND_1)
    yield date(2026, 2, 18), lambda: _review(doors, "review-1", date(2025, 6, 1), date(2026, 1, 31))
    yield date(2026, 4, 15), lambda: _followed_up(doors, "audit-1", "kari", _FOUND_1)
    yield date(2026, 5, 11), lambda: _audit(doors, "audit-2", "kari", ["8", "9", "10", "A"], _FOUND_2)
    yield date(2026, 5, 27), lambda: _audit(doors, "audit-3", "per", [], {})
    yield date(2026, 6, 24), lambda: _review(doors, "review-2", date(2026, 2, 1), date(2026, 5, 31))
    yield date(2026, 8, 19), lambda: _followed_up(doors, "audit-2", "kari", _FOUND_2)
    yield date(2026, 9, 14), lambda: _next_programme(doors)


def _asked(clauses: list[str]) -> list[str]:
    rows = (*catalogs.subclauses(), *catalogs.controls())
    return [row.id for row in rows if row.id.split(":")[1].split(".")[0] in clauses and row.id not in OWN]


_TOLD = {
    "objectives": "Whether the AIMS meets the standard and our own rules, and whether what was decided "
    "is done.",
    "importance": "Deposits, recruitment and the boiler agent decide about people, so they come first "
    "and deepest.",
    "frequency": "Everything once in the period; high-risk uses twice; at once after a serious incident.",
    "method": "Records with their history, samples by seed, talks with those who do the work, observation.",
    "responsibilities": "Kari Moe plans and leads; Per Aas audits the audit function; nobody audits "
    "their own work.",
    "reporting": "To the chief executive and the head of the unit within a month, in writing.",
    "owner": "kari",
}


def _programme(doors: Doors) -> None:
    row = {
        "title": "Internal audits 2025/26",
        "period_from": date(2025, 10, 1),
        "period_until": date(2026, 9, 30),
        "requirements": [row.id for row in (*catalogs.subclauses(), *catalogs.controls())],
        "risks": ["deposit-score/risk-1", "boiler-agent/risk-1"],
        **_TOLD,
    }
    _made(doors, "kari", "audit-programme", "programme-1", row)
    doors.approve("kari", "astrid", "programme-1")


def _next_programme(doors: Doors) -> None:
    row = {
        "title": "Internal audits 2026/27",
        "period_from": date(2026, 10, 1),
        "period_until": date(2027, 9, 30),
        "requirements": [row.id for row in (*catalogs.subclauses(), *catalogs.controls())],
        "risks": ["cv-sorter/risk-1", "boiler-agent/risk-1"],
        "earlier_programmes": ["programme-1"],
        **_TOLD,
    }
    _made(doors, "kari", "audit-programme", "programme-2", row)
    doors.approve("kari", "astrid", "programme-2")
    planned = _plan("audit-4", "programme-2", _asked(["4", "5", "6", "7"]), "kari")
    planned |= {
        "planned_from": date(2027, 1, 11),
        "due": date(2027, 2, 10),
        "period_from": date(2026, 6, 1),
        "period_until": date(2026, 12, 31),
    }
    _made(doors, "kari", "audit", "audit-4", planned)


def _made(doors: Doors, who: str, slug: str, name: str, row: dict[str, Any]) -> None:
    """Auditors import nothing: what they write they write by hand."""
    kind = kinds.get(slug)
    given = {column: doors.value(kind, column, value) for column, value in row.items() if value is not None}
    doors.tick()
    doors.references[name] = commands.create(doors.actors[who], slug, given).reference


def _plan(name: str, programme: str, criteria: list[str], lead: str) -> dict[str, Any]:
    return {
        "title": f"Internal {name.replace('-', ' ')}",
        "programme": programme,
        "objective": "Whether what is asked is done, and whether it works.",
        "criteria": criteria,
        "scope": "All units and sites; high-risk uses looked at one by one.",
        "method": "Registers and their history read whole; samples by seed; eleven talks; a day with "
        "the clerks.",
        "lead": lead,
        "owner": lead,
    }


_FOUND_1 = {
    "finding-awareness": (
        "iso42001:7.3",
        "Technicians under contract did not know how to raise a concern",
        "People who work under our control know the policy and what they can do.",
        "aware-2025",
        "Five of twelve technicians of a contractor could not name a way.",
        "hugo",
    ),
}
_FOUND_2 = {
    "finding-dispatch": (
        "iso42001:A.8.2",
        "Letters about the tariff advisor were not dispatched in two districts",
        "People touched are told.",
        "tariff-advisor/notice-people-1.0",
        "The log of the dispatch lacks two of fourteen districts.",
        "elin",
    ),
}


def _audit(doors: Doors, name: str, lead: str, clauses: list[str], found: dict[str, tuple[str, ...]]) -> None:
    day = doors.now.date()
    planned = _plan(name, "programme-1", _asked(clauses) if clauses else OWN, lead)
    since = date(2026, 6, 1) if lead == "per" else date(2025, 6, 1)
    planned |= {
        "planned_from": day,
        "due": day + timedelta(days=30),
        "period_from": min(since, date(2025, 10, 1)),
        "period_until": day,
    }
    _made(doors, lead, "audit", name, planned)
    doors.step(name, lead, "begin", began_on=day)
    for finding, (requirement, title, asked, evidence, gap, owner) in found.items():
        row = {
            "title": title,
            "audit": name,
            "requirement": requirement,
            "grade": "minor",
            "asked": asked,
            "evidence": f"{doors.reference(evidence)} read with its history, and talks on {day}.",
            "gap": gap,
            "owner": owner,
        }
        _made(doors, lead, "audit-finding", finding, row)
        doors.step(finding, lead, "record")
    met = {row[0] for row in found.values()}
    lines = [line.partition(":")[0] for line in values_of(doors.reference(name))[1]["checklist"].splitlines()]
    unmet = {line for line in lines if f"iso42001:{line.partition('/')[0]}" in met}
    looked = [f"{line}: {'not met' if line in unmet else 'met'}: Records, history, talks" for line in lines]
    doors.at(day + timedelta(days=9))
    doors.step(
        name,
        lead,
        "report",
        checklist="\n".join(looked),
        sampling=f"Twenty of each register by seed {day:%Y%m%d}; all high-risk uses.",
        ended_on=doors.now.date(),
        verdict="conforms in part" if found else "conforms",
        summary="The AIMS works and is used; "
        + ("one isolated lapse was found." if found else "nothing was found."),
        conclusion="The criteria are met" + (" but for one." if found else "."),
        not_covered="Contractors abroad were heard by telephone only.",
        reported_to="astrid",
        told_others="Heads of units, on the day of the closing meeting.",
    )
    doors.step(name, "astrid", "acknowledge")
    for finding, row in found.items():
        _corrected(doors, finding, row)
    if not found:
        doors.step(name, lead, "complete")


def _corrected(doors: Doors, finding: str, row: tuple[str, ...]) -> None:
    """The line answers with a cause and an action."""
    nonconformity = str(values_of(doors.reference(finding))[1]["nonconformity"])
    doors.references[f"{finding}/nonconformity"] = nonconformity
    owner, today = row[5], doors.now.date()
    doors.step(
        finding,
        "carla",
        "answer",
        answered_on=today,
        answer="Taken on; cause and action stand with the nonconformity, done within two months.",
    )
    doors.step(nonconformity, "dag", "confirm", due=date(today.year, today.month + 2, 1), owner=owner)
    doors.step(
        nonconformity,
        owner,
        "contain",
        containment="Those concerned were told within a week.",
        consequences="Nobody was harmed; eleven people were called.",
    )
    doors.step(
        nonconformity,
        owner,
        "correct",
        cause_method="five whys",
        cause="The list of recipients came from the payroll and the billing system, which lack people "
        "of contractors "
        "and two districts taken over in 2024; nobody compared it with who is concerned.",
        similar="Lists of the training and of the other notices were compared: one more gap, closed.",
        correction="Everybody on the full list was told; proof of dispatch is kept.",
    )
    name = f"{finding}/action"
    action = {
        "title": "Lists of recipients are compared with who is concerned",
        "nonconformity": nonconformity,
        "cause": "Lists come from systems that were made for something else.",
        "action": "One list of people concerned by system, kept by the data office, compared before "
        "each dispatch.",
        "resources": "Three days.",
        "due": date(today.year, today.month + 1, 20),
        "effectiveness_measure": "Twelve people drawn by lot from the full list two months later can "
        "say it; no gap in the log.",
        "owner": owner,
    }
    doors.take_in("carla", "dag", "corrective-action", {name: action})


def _followed_up(doors: Doors, audit: str, lead: str, found: dict[str, tuple[str, ...]]) -> None:
    """Weeks later: the action is carried out and verified, and the auditor looks again."""
    for finding, row in found.items():
        matter, owner = f"{finding}/nonconformity", row[5]
        doors.step(f"{finding}/action", owner, "carry-out", reason="The list is in use since a month.")
        doors.step(
            f"{finding}/action",
            "bjorn",
            "verify",
            reason="Twelve people asked, all could say it; log without a gap.",
        )
        doors.step(matter, "bjorn", "verify", reason="Cause removed; proof seen.")
        doors.step(matter, "astrid", "close", reason="Nothing is left to do.")
        doors.step(
            finding,
            lead,
            "work",
            followed_up_on=doors.now.date(),
            follow_up=f"Twelve people drawn by seed {doors.now:%Y%m%d} asked; {doors.reference(matter)} "
            "read with its history: it works.",
        )
    doors.step(audit, lead, "complete")


def _review(doors: Doors, name: str, since: date, until: date) -> None:
    """Top management looks at the whole AIMS and decides; what it decided is done by the next one."""
    day, first = doors.now.date(), name == "review-1"
    row = {
        "title": f"Management review of {day:%B %Y}",
        "period_from": since,
        "period_until": until,
        "suitable": "open",
        "adequate": "open",
        "effective": "open",
        "owner": "carla",
    }
    doors.import_rows("carla", "management-review", {name: row})
    reference = doors.reference(name)
    doors.tick()
    review.prepare(doors.actors["carla"], reference, Record.objects.get(reference=reference).revision)
    doors.amend(
        name,
        "carla",
        held_on=day,
        top_management="Astrid Lund, chief executive (chair); Bjørn Vik, chief financial officer",
        attendees="Carla Mendes (minutes), Dag Holt, Ines Duarte, Leif Dahl; Kari Moe for the audit",
        inputs_missing="Whatever the gathered inputs do not hold was told: earlier actions done, "
        "parties heard in May.",
        discussion="Input by input. Leif Dahl objected to the dates of the notices; the owner answered.",
        suitable="yes",
        adequate="yes" if not first else "partly",
        effective="yes",
        decisions="Recruiters get an hour a day to look first; the test bench takes in twins for deposits.",
        changes="People of contractors are told by the same list as ours." if first else "None needed now.",
        actions="Hugo Bakke: hours of recruiters by 31 May 2026."
        if first
        else "Farid Amini: twins for deposits by 31 October 2026.",
        next_review=date(2026, 7, 1) if first else date(2027, 1, 31),
    )
    doors.approve("carla", "astrid", name)
    _decided(doors, name, "hugo" if first else "farid", date(2026, 5, 31) if first else date(2026, 10, 31))


def _decided(doors: Doors, name: str, owner: str, due: date) -> None:
    action = {
        "title": "Recruiters have time to look first"
        if owner == "hugo"
        else "Twins for deposits on the test bench",
        "description": "People who oversee and test need time and tools; both were scarce.",
        "origin": "management review",
        "review": name,
        "expected": "Nine of ten seeded errors seen, where it was seven; results by group within 3 points.",
        "steps": "Change the roster; make the cases; measure after a quarter.",
        "due": due,
        "owner": owner,
    }
    doors.take_in("carla", "dag", "action", {f"{name}/action": action})
    doors.step(f"{name}/action", owner, "begin")
