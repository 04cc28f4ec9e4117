"""What comes back each quarter and each year at Norrvik Energi, and the statement of applicability."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from tests.assurance.outsider import checking
from tests.assurance.outsider.doors import Doors, Row
from tests.assurance.outsider.thread import Act

from plumbline import catalogs

RENEWED, NEXT = date(2026, 6, 8), date(2027, 6, 1)
QUARTERS = (date(2026, 2, 5), date(2026, 5, 5), date(2026, 8, 5), date(2026, 11, 5))
FIGURES = ("0.069", "0.064", "0.066", "0.061")
BOARD = {
    "scope",
    "objective",
    "policy",
    "authority",
    "risk-criteria",
    "issue",
    "responsibility",
    "committee",
    "competence",
}
"""Kinds of which the chief executive approves the yearly revision."""
WRITTEN = {
    "A.2": "doc-policies",
    "A.3": "doc-roles",
    "A.4": "doc-resources",
    "A.5": "doc-method",
    "A.6": "doc-lifecycle",
    "A.7": "doc-data",
    "A.8": "doc-incidents",
    "A.9": "doc-use",
    "A.10": "doc-suppliers",
}
ELSEWHERE = {
    "A.3.3": "doc-incidents",
    "A.4.2": "doc-inventory",
    "A.4.6": "doc-competence",
    "A.6.2.8": "doc-logs",
    "A.8.2": "doc-information",
    "A.8.5": "doc-information",
}


def acts(doors: Doors) -> Iterator[Act]:
    """Everything that comes back, and the statement of applicability."""
    yield date(2025, 6, 16), lambda: _objectives(doors)
    yield date(2025, 6, 17), lambda: _suppliers(doors, "2025", date(2025, 6, 12), "first")
    yield date(2025, 6, 23), lambda: _measures(doors)
    yield date(2026, 1, 5), lambda: _statement(doors)
    for day in (date(2026, 1, 7), date(2026, 9, 21)):
        yield day, _version(doors, day)
    for place, day in enumerate(QUARTERS):
        yield day, _quarter(doors, day, FIGURES[place])
    yield RENEWED, lambda: _renewed(doors)
    yield date(2026, 6, 9), lambda: _suppliers(doors, "2026", date(2026, 6, 5), "regular")
    yield from checking.acts(doors)


def _objectives(doors: Doors) -> None:
    common = {
        "policy": "ai-policy",
        "direction": "at least",
        "measured_in": "share",
        "cadence": "quarterly",
        "due": date(2026, 12, 31),
        "communicated_to": "Everybody, in the meeting of January; the board.",
    }
    rows: dict[str, Row] = {
        "obj-development": {
            "title": "Whatever goes live was tested for every group it touches",
            "statement": "No release goes live without results by group within limits that were set before.",
            "aims": ["iso42001:C.2.5", "iso42001:C.2.8", "iso42001:C.2.9"],
            "guides": ["development"],
            "measure": "Releases with a confirmed validation before go-live, of all releases.",
            "target": "1.000",
            "actions": "Test bench for twins; a release is refused without results.",
            "resources": "Half a data scientist.",
            "owner": "farid",
            **common,
        },
        "obj-aims": {
            "title": "What was decided is done in time",
            "statement": "Actions of reviews, audits and incidents are done by their day.",
            "aims": ["iso42001:C.2.1"],
            "guides": ["use", "development"],
            "measure": "Actions done by their day, of those due in the quarter.",
            "target": "0.900",
            "actions": "List of actions in each meeting of the council; reminder a week before.",
            "resources": "AIMS office, a day a week.",
            "owner": "carla",
            **common,
        },
    }
    doors.take_in("carla", "astrid", "objective", rows)


def _measures(doors: Doors) -> None:
    common = {
        "method": "Counted from the register at the end of the quarter by the same query.",
        "measured_in": "share",
        "direction": "at least",
        "cadence": "quarterly",
        "analysed": "quarterly",
        "measured_on": date(2025, 6, 20),
        "value": "1.000",
        "analysis": "2025-06-20: the first quarter.",
    }
    rows: dict[str, Row] = {
        "ind-aims": {
            "title": "Actions done in time",
            "question": "Is what was decided done?",
            "objective": "obj-aims",
            "source": "Register of actions",
            "target": "0.900",
            "owner": "carla",
            **common,
        },
        "ind-development": {
            "title": "Releases tested before go-live",
            "question": "Does anything go live untested?",
            "objective": "obj-development",
            "source": "Register of releases",
            "target": "1.000",
            "owner": "farid",
            **common,
        },
    }
    doors.take_in("carla", "dag", "indicator", rows)
    plan = {
        "title": "Performance of the AIMS",
        "subject": "Whether what was decided is done, whether releases were tested, whether people know.",
        "purpose": "What the management review and the council decide on.",
        "indicators": list(rows),
        "objectives": ["obj-aims", "obj-development"],
        "methods": "The same queries each quarter over the whole register.",
        "cadence": "quarterly",
        "measured_by": "Dag Holt",
        "evaluated": "quarterly",
        "evaluator": "ines",
        "evaluated_on": date(2025, 6, 20),
        "evaluation": "First figures; nothing follows yet.",
        "next_review": date(2026, 6, 15),
        "owner": "carla",
    }
    doors.take_in("carla", "dag", "monitoring-plan", {"mpl-aims": plan})


def _suppliers(doors: Doors, year: str, day: date, occasion: str) -> None:
    users: dict[str, list[str]] = {name: [] for name in ("heatlink", "polar", "talentia", "ruta", "skrift")}
    from tests.assurance.outsider.organization import systems

    for slug, facts in systems().items():
        if facts.get("supplier") and occasion != "first":
            users[facts["supplier"]].append(slug)
    rows: dict[str, Row] = {}
    for name, used in users.items():
        rows[f"{name}/assessed-{year}"] = {
            "title": f"{name.capitalize()}, assessment of {year}",
            "supplier": name,
            "assessed_on": day,
            "occasion": occasion,
            "areas": [
                "security",
                "privacy",
                "model",
                "quality",
                "incidents",
                "subcontractors",
                "continuity",
                "law",
            ],
            "findings": "Tests by group are shown; notices came in time; one subcontractor changed "
            "with notice.",
            "evidence": f"Independent report of {year}, answers to our list, own test of 200 cases, "
            "two talks.",
            "duties": [
                "no training on our data",
                "notice of model change",
                "notice of incidents",
                "documentation",
            ],
            "change_notice": "None that is open.",
            "systems": used,
            "inherited": "A changed part behaves differently overnight; tests are repeated on the day "
            "of a change.",
            "risks": [f"{slug}/risk-1" for slug in used],
            "verdict": "suitable",
            "next_review": day + timedelta(days=360),
            "owner": "dag",
        }
    doors.take_in("carla", "astrid", "supplier-assessment", rows)


def written(number: str) -> str:
    """The name of the document that says how a control is carried out."""
    return ELSEWHERE.get(number) or WRITTEN[".".join(number.split(".")[:2])]


def _statement(doors: Doors) -> None:
    risks, rows = _risks_by_control(), dict[str, Row]()
    for control in catalogs.controls():
        treats, area = risks.get(control.id, []), control.number.split(".")[1]
        because = ["law"] if area in ("5", "7", "8", "9") else ["good practice"]
        rows[f"soa-{control.number}"] = {
            "title": f"{control.number} {control.title}",
            "requirement": control.id,
            "applicable": "yes",
            "reasons": [*(["risk treatment"] if treats else []), *because, "own policy"],
            "justification": f"Needed for {control.title.lower()}: nine systems touch customers, "
            "applicants or "
            "technicians, and policy and obligations ask for it.",
            "risks": treats,
            "implementation": "implemented",
            "how": f"As the paper {written(control.number)} says; recorded here.",
            "documents": [written(control.number)],
            "next_review": date(2026, 12, 31),
            "owner": "carla",
        }
    doors.take_in("carla", "astrid", "applicability", rows)


def _risks_by_control() -> dict[str, list[str]]:
    from tests.assurance.outsider.organization import systems
    from tests.assurance.outsider.thread import CONTROLS

    found: dict[str, list[str]] = {}
    for slug, facts in systems().items():
        for place, row in enumerate(facts["risks"], start=1):
            for control in CONTROLS[row[2]]:
                found.setdefault(control, []).append(f"{slug}/risk-{place}")
    return found


def _version(doors: Doors, day: date) -> Callable[[], None]:
    def act() -> None:
        row = {
            "title": f"Statement of applicability of {day:%B %Y}",
            "occasion": "Put before the AI council and the certification body.",
            "owner": "carla",
        }
        doors.take_in("carla", "astrid", "statement-version", {f"statement-{day}": row})

    return act


def _quarter(doors: Doors, day: date, figure: str) -> Callable[[], None]:
    def act() -> None:
        for name in [known for known in doors.references if known.endswith("/indicator")]:
            slug = name.partition("/")[0]
            owner = owner_of(slug)
            doors.revise(
                name,
                owner,
                "dag",
                value=figure,
                measured_on=day - timedelta(days=2),
                analysis=f"{day}: below the target of 0.080; corrections lie where cases are few.",
            )
            doors.revise(
                f"{slug}/monitoring",
                owner,
                "dag",
                measured_on=day - timedelta(days=2),
                evaluated_on=day - timedelta(days=1),
                evaluation=f"{day}: within limits over the whole quarter; sample of ninety read, two "
                "rules changed.",
            )
        for name, value in (("ind-aims", "0.930"), ("ind-development", "1.000")):
            doors.revise(
                name,
                "carla",
                "dag",
                value=value,
                measured_on=day - timedelta(days=2),
                analysis=f"{day}: at or above the target; the one late action was of a supplier.",
            )
        doors.revise(
            "com-board", "carla", "dag", said_on=day - timedelta(days=1), next_due=day + timedelta(days=100)
        )
        doors.revise(
            "mpl-aims",
            "carla",
            "dag",
            evaluated_on=day - timedelta(days=1),
            evaluation=f"{day}: the AIMS does what was decided; people of field work are met again.",
        )

    return act


def owner_of(slug: str) -> str:
    """Who answers for a system."""
    from tests.assurance.outsider.organization import systems

    return str(systems()[slug]["owner"])


def _renewed(doors: Doors) -> None:
    """Everything that was to be looked at again by 15 June 2026."""
    for name, reference in list(doors.references.items()):
        kind, values = checking.values_of(reference)
        if "/" in name or values.get("next_review") != "2026-06-15":
            if kind == "authority" and values["valid_until"] == "2026-06-30":
                doors.revise(name, "carla", "astrid", valid_until=NEXT)
            continue
        changes: dict[str, Any] = {"next_review": NEXT}
        if kind in ("policy", "document"):
            checking.reviewed(doors, kind, name)
        if kind == "supplier":
            changes |= {"assessed_on": date(2026, 6, 5)}
        doors.revise(name, "carla", "astrid" if kind in BOARD else "dag", **changes)
    for name in ("com-policy", "com-customers"):
        doors.revise(name, "carla", "dag", said_on=RENEWED - timedelta(days=1), next_due=NEXT)
    doors.revise("com-regulator", "carla", "dag", said_on=RENEWED - timedelta(days=1))


def looked_at_again(doors: Doors, slug: str, risks: int, version: str) -> None:
    """A year of a system: its risks assessed anew, and whatever says that it is looked at again."""
    today, owner = doors.now.date(), owner_of(slug)
    later = today + timedelta(days=330)
    names = [f"{slug}/risk-{place}" for place in range(1, risks + 1)]
    for name in names:
        doors.step(name, "carla", "reassess", reason="A year of operation.")
        doors.amend(
            name,
            "carla",
            assessed_on=today,
            next_review=later,
            accepted_until=later,
            rationale="A year of results, corrections and complaints; compared with what was assumed.",
        )
        doors.step(name, "carla", "assess", "treat")
        doors.step(name, "bjorn", "accept", reason="As last year; results bear it out.")
    row = {
        "title": f"Yearly assessment of {slug}",
        "trigger": "planned",
        "occasion": "A year since the last one; results of the year are at hand.",
        "assessed_on": today,
        "participants": "Ines Duarte (led), the owner, Leif Dahl, two people who use it.",
        "risks": names,
        "result": "acceptable",
        "findings": "No new risk; figures stand, with the results of a year behind them.",
        "next_review": later,
        "owner": "ines",
    }
    doors.take_in("carla", "dag", "risk-assessment", {f"{slug}/assessment-2": row})
    doors.revise(f"{slug}/plan", "carla", "astrid", next_review=later)
    for what in ("spec", "monitoring"):
        doors.revise(f"{slug}/{what}", owner, "dag", next_review=later)
    doors.revise(slug, owner, "dag", next_review=later)
    doors.revise(
        f"{slug}/data",
        "carla",
        "dag",
        next_review=later,
        quality_found=f"0.5 in 100 incomplete on {today}; smallest group 6 in 100.",
    )
    for what in ("instructions", "technical"):
        checking.reviewed(doors, "document", f"{slug}/{what}")
        doors.revise(f"{slug}/{what}", "carla", "dag", next_review=later)
    if version == "1.0":
        doors.revise(
            f"{slug}/impact-1.0", "carla", "dag", trigger="planned", assessed_on=today, next_review=later
        )
        for who in ("users", "people"):
            if f"{slug}/notice-{who}-1.0" in doors.references:
                doors.revise(f"{slug}/notice-{who}-1.0", owner, "dag", next_review=later)
