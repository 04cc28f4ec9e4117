"""Faults of what goes on: monitoring, suppliers, competence, audits, corrections, incidents (AUDITORS 4)."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.assurance.outsider.doors import Doors
from tests.assurance.outsider.planting import (
    Fault,
    add,
    alter,
    both,
    day,
    faults,
    overdue,
    retire,
    wait,
)

SUPPLIERS = {
    "heatlink": "boiler-agent",
    "polar": "service-chat",
    "talentia": "cv-sorter",
    "ruta": "field-router",
    "skrift": "invoice-reader",
}
WATCHED = ("deposit-score", "boiler-agent", "service-chat", "tariff-advisor", "cv-sorter", "meter-watch")


def _lie(doors: Doors, name: str, pick: Random) -> None:
    wait(doors, pick.randint(28, 36))


def monitoring() -> list[Fault]:
    """4.4 number 8 and 4.3, alerts."""
    family, found = "4.4/8 monitoring", list[Fault]()
    numbers, plans = "9.1 A.6.2.6", [f"{slug}/monitoring" for slug in WATCHED]
    found += faults(
        family, numbers, "in operation, and no plan says how it is watched", plans[:4], _unwatched
    )
    found += faults(
        family,
        numbers,
        "planned quarterly, and nobody has said what it means since spring",
        plans[1:5],
        alter(
            {"evaluated_on": day(-230), "evaluation": "Spring: fine."},
            {"evaluated_on": day(-260), "evaluation": "March: nothing to note."},
        ),
    )
    found += faults(
        family,
        numbers,
        "measured by the plan, and the last figure is of last winter",
        plans[2:6],
        alter({"measured_on": day(-280)}, {"measured_on": day(-300)}),
    )
    found += faults(
        family,
        numbers + " 4.4",
        "only models are watched: nothing measures the management system",
        ["mpl-aims"],
        retire(),
        absence=True,
    )
    found += faults(
        family,
        numbers,
        "the figure was never taken",
        ["ind-aims", "cv-sorter/indicator", "meter-watch/indicator"],
        alter({"value": None, "measured_on": None, "analysis": ""}),
    )
    found += faults(
        family,
        numbers,
        "watched for two weeks before the audit, after a year of use",
        ["load-forecast", "tariff-advisor"],
        _lately,
    )
    found += faults(family, numbers, "the plan was to be looked at again and was not", plans[3:5], overdue())
    found += faults(
        family,
        numbers,
        "watches uptime only",
        ["service-chat/monitoring", "cv-sorter/monitoring"],
        alter({"subject": "Uptime.", "methods": "Ping.", "indicators": [], "objectives": []}),
    )
    alerts = "4.3/alerts"
    beyond = [
        {"value": "0.240", "measured_on": day(-30), "analysis": ""},
        {"value": "0.400", "measured_on": day(-45), "analysis": "Too high."},
        {"value": "0.190", "measured_on": day(-60), "analysis": "Noted."},
    ]
    found += faults(
        alerts,
        numbers + " 10.2 6.2 8.1",
        "far beyond its target for weeks, and nothing followed",
        [f"{slug}/indicator" for slug in WATCHED],
        alter(*beyond),
    )
    found += faults(
        alerts,
        numbers + " 10.2 6.2",
        "far below its target, and nothing followed",
        ["ind-aims", "ind-development"],
        alter({"value": "0.410", "measured_on": day(-20), "analysis": "Low."}),
    )
    found += faults(
        alerts,
        numbers + " 10.2 8.1",
        "a suspicion was recorded, and nobody has looked at it",
        ["service-chat", "boiler-agent", "cv-sorter"],
        both(_suspicion, _lie),
    )
    return found


def _unwatched(doors: Doors, name: str, pick: Random) -> list[str]:
    doors.retire(name, "carla", "dag")
    return [name.partition("/")[0]]


def _lately(doors: Doors, name: str, pick: Random) -> list[str]:
    slug = name
    for what in ("monitoring", "indicator"):
        doors.retire(f"{slug}/{what}", "carla", "dag")
    made = f"planted plan {slug}"
    row = {
        "title": "Watching, new",
        "subject": "Errors.",
        "purpose": "To see.",
        "systems": [slug],
        "methods": "Count.",
        "cadence": "monthly",
        "measured_by": "Owner",
        "source": "Sheet",
        "measured_on": day(-3),
        "evaluated": "monthly",
        "evaluator": "ines",
        "next_review": day(300),
        "owner": "farid",
    }
    doors.take_in("carla", "dag", "monitoring-plan", {made: row})
    return [made]


def _suspicion(doors: Doors, name: str, pick: Random) -> list[str]:
    made = f"planted suspicion {name}"
    row = {
        "title": "Results differ by district",
        "source": "observation",
        "system": name,
        "requirements": ["iso42001:A.6.2.6"],
        "description": "Results of two districts differ by a fifth.",
        "detected_on": day(-1),
        "grade": "not graded",
    }
    doors.import_rows("carla", "nonconformity", {made: row})
    return [made]


def suppliers() -> list[Fault]:
    """4.4 number 9."""
    family, found = "4.4/9 suppliers", list[Fault]()
    numbers, names = "A.10.2 A.10.3 8.1", list(SUPPLIERS)
    found += faults(
        family,
        numbers,
        "used every day, and never looked into",
        names[:3],
        alter({"diligence": "not done", "assessed_on": None, "assessment": ""}),
    )
    found += faults(
        family,
        numbers,
        "found not suitable, and used on",
        names[1:4],
        alter({"diligence": "not suitable", "assessment": "Tests by group are refused."}),
    )
    found += faults(
        family,
        numbers,
        "the contract has run out",
        names[2:5],
        alter({"contract_until": day(-40)}, {"contract_until": day(-120)}),
    )
    found += faults(
        family,
        numbers,
        "nothing was agreed: no notice of changes or incidents, nothing on our data",
        names[:3],
        alter({"terms": [], "incident_hours": None}),
    )
    found += faults(
        family,
        numbers,
        "nobody has written who answers for what",
        names[1:4],
        alter({"responsibilities": ""}),
    )
    found += faults(family, numbers, "was to be assessed again and was not", names[3:5], overdue())
    found += faults(
        family,
        numbers,
        "conditions were set, their day passed, and nobody looked",
        names[:3],
        both(_conditions, _lie),
    )
    found += faults(
        family,
        numbers + " 10.2",
        "broke its duties, and nothing followed",
        names[1:3],
        _assessed(
            verdict="suitable",
            breaches="Two changes of the model came without notice; our data were used for training.",
            duties=[],
        ),
    )
    found += faults(
        family,
        numbers,
        "assessed as not suitable, and nothing changed",
        names[2:4],
        _assessed(verdict="not suitable", findings="No tests by group; refuses an audit."),
    )
    found += faults(
        family,
        numbers + " A.4.4 A.6.2.6",
        "can change the model at any time: no version is fixed",
        ["service-chat/model", "cv-sorter/model"],
        alter({"pinned": "no", "version": "latest", "digest": ""}),
    )
    found += faults(
        family,
        numbers + " A.4.4 A.6.2.6",
        "the maker no longer supports what is in use",
        ["invoice-reader/model", "field-router/model", "service-chat/model"],
        alter({"supported_until": day(-50)}, {"supported_until": day(-10)}),
    )
    found += faults(
        family,
        numbers,
        "nobody watches what it delivers, and there is no way out",
        names[:2],
        alter({"monitoring": "", "exit_plan": ""}),
    )
    return found


def _assessed(**values: Any) -> Any:
    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        made = f"planted assessment of {name}"
        row = {
            "title": f"{name}, looked at again",
            "supplier": name,
            "assessed_on": day(-20),
            "occasion": "incident",
            "areas": ["model", "law"],
            "findings": "See breaches.",
            "evidence": "Letters and log.",
            "systems": [SUPPLIERS[name]],
            "inherited": "As before.",
            "next_review": day(200),
            "owner": "dag",
            **values,
        }
        doors.take_in("carla", "astrid", "supplier-assessment", {made: row})
        return [made]

    return edit


def _conditions(doors: Doors, name: str, pick: Random) -> Any:
    return _assessed(
        verdict="suitable with conditions",
        conditions="Tests by group before the next version.",
        conditions_by=day(pick.randint(2, 6)),
    )(doors, name, pick)


def competence() -> list[Fault]:
    """4.4 number 10 and 7.3, 7.4, 7.1."""
    family, found = "4.4/10 competence", list[Fault]()
    numbers = "7.2 A.4.6"
    for who in ("marit", "elin", "olga", "ines"):
        found += faults(
            family,
            numbers,
            f"taught weeks ago ({who}), and nobody found out whether it worked",
            [""],
            both(_taught(who, None), _lie),
        )
    for who in ("nils", "hugo", "jonas"):
        found += faults(
            family,
            numbers,
            f"the training of {who} did not work, and nothing followed",
            [""],
            _taught(who, "not effective"),
        )
    found += faults(
        family,
        numbers,
        "the proof of it has run out",
        ["qualified-greta", "qualified-nils", "qualified-per"],
        overdue("valid_until"),
    )
    found += faults(
        family,
        numbers,
        "does the work without any proof of being able to",
        ["qualified-jorunn", "qualified-jonas", "qualified-leif"],
        retire(),
    )
    found += faults(
        family,
        numbers,
        "a tick: the proof is having been there",
        ["qualified-marit", "qualified-elin", "qualified-olga"],
        alter(
            {"evidence": "Attended.", "trainings": []},
            {"evidence": "Was present.", "trainings": []},
            {"evidence": "Yes", "trainings": []},
        ),
    )
    found += faults(
        family,
        numbers,
        "nobody says how it is shown",
        ["cmt-oversee", "cmt-data"],
        alter({"proof": "", "ways": []}),
    )
    found += faults(
        family,
        numbers + " 9.2.2",
        "nothing is asked of auditors any more",
        ["cmt-audit"],
        retire(),
        absence=True,
    )
    aware = "4.2/awareness"
    base = {
        "title": "AI policy, autumn",
        "topics": ["policy"],
        "audience": "Everybody.",
        "channel": "message",
        "done_on": day(-5),
        "owner": "hugo",
    }
    found += faults(
        aware,
        "7.3",
        "reached a third of those it was for",
        [""],
        add("awareness", {**base, "invited": 221, "reached": 70}, {**base, "invited": 221, "reached": 48}),
    )
    found += faults(
        aware,
        "7.3",
        "most of those asked did not know, and nothing followed",
        [""],
        add(
            "awareness", {**base, "invited": 221, "reached": 219, "asked": 30, "knew": 6, "seen": "Few knew."}
        ),
    )
    found += faults(aware, "7.3", "was to be done again and was not", ["aware-2026"], overdue("next_due"))
    found += faults(
        aware,
        "7.4",
        "what was to be said by a day was not said",
        ["com-board", "com-customers"],
        overdue("next_due"),
    )
    found += faults(
        aware, "7.4", "nobody outside is told anything by plan", ["com-customers"], retire(), absence=True
    )
    means = "4.2/resources"
    found += faults(
        means,
        "7.1 A.4.2 A.4.6 A.4.5",
        "not enough, and nothing is done",
        ["res-oversight", "res-computing", "res-science"],
        alter({"enough": "no", "available": "half of it", "gap": ""}),
    )
    found += faults(
        means, "7.1 A.4.2", "was to be looked at again and was not", ["res-people", "res-money"], overdue()
    )
    found += faults(
        means,
        "7.1 A.4.2 A.4.5",
        "what it runs on is in no register",
        ["res-computing"],
        retire(),
        absence=True,
    )
    return found


def _taught(who: str, result: str | None) -> Any:
    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        made = f"planted training {who}"
        row = {
            "title": "Refresher",
            "competences": ["cmt-oversee"],
            "person": who,
            "provider": "Inside",
            "content": "Half a day.",
            "method": "test",
            "evaluate_on": day(2 if result is None else 0),
            "owner": "hugo" if who != "hugo" else "carla",
        }
        doors.import_rows("carla", "training", {made: row})
        doors.step(made, "carla", "hold", held_on=day(-1))
        if result is not None:
            doors.step(
                made,
                "carla",
                "evaluate",
                evaluated_on=day(0),
                evaluator="dag",
                result=result,
                findings="Three of ten.",
            )
            doors.step(made, "astrid", "approve")
        return [made]

    return edit


def audits() -> list[Fault]:
    """4.4 number 11."""
    family, found = "4.4/11 audit", list[Fault]()
    numbers = "9.2.1 9.2.2"
    found += faults(
        family,
        numbers,
        "the auditor owns what the next audit looks at",
        ["doc-review", "doc-measure", "obj-aims", "rsp-reporting", "scope"],
        alter({"owner": "kari"}),
    )
    found += faults(
        family, numbers, "planned, its day passed, and nobody began", [""], both(_planned(4), _lie)
    )
    found += faults(
        family,
        numbers,
        "begun, its day passed, and there is no report",
        [""],
        both(_planned(5, begun=True), _lie),
    )
    found += faults(
        family,
        numbers,
        "the programme covers two requirements of seventy",
        ["programme-2"],
        alter_by("kari", "astrid", {"requirements": ["iso42001:5.2", "iso42001:7.3"]}),
    )
    found += faults(
        family,
        numbers,
        "the programme rests on nothing: neither importance nor earlier results",
        ["programme-2"],
        alter_by("kari", "astrid", {"importance": "-", "risks": [], "objectives": "-"}),
    )
    found += faults(
        family,
        numbers + " 7.2",
        "who audits has no valid proof of being able to",
        ["qualified-kari"],
        retire(),
    )
    found += faults(
        family,
        numbers,
        "a report was issued weeks ago, and no manager has confirmed it",
        [""],
        both(_reported("conformity"), _lie),
    )
    found += faults(
        family, numbers + " 10.2", "found, and the line never answered", [""], both(_reported("minor"), _lie)
    )
    found += faults(
        family,
        numbers + " 10.2",
        "a major one was found, and nothing is done about it",
        [""],
        both(_reported("major"), _lie),
    )
    found += faults(family, numbers, "no programme is in force", ["programme-2"], retire(), absence=True)
    found += faults(
        family, numbers, "an auditor's question is weeks past its day, unanswered", [""], both(_asked, _lie)
    )
    return found


def alter_by(who: str, second: str, values: dict[str, Any]) -> Any:
    """As `planting.alter`, by somebody else than Carla."""

    def edit(doors: Doors, name: str, pick: Random) -> None:
        doors.revise(name, who, second, **values)

    return edit


def _planned(due: int, begun: bool = False) -> Any:
    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        from tests.assurance.outsider.checking import _made, _plan

        row = _plan("planted", "programme-2", ["iso42001:7.3", "iso42001:7.4"], "kari")
        row |= {"planned_from": day(0), "due": day(due), "period_from": day(-200), "period_until": day(-10)}
        _made(doors, "kari", "audit", "planted audit", row)
        if begun:
            doors.step("planted audit", "kari", "begin", began_on=day(0))
        return ["planted audit"]

    return edit


def _reported(grade: str) -> Any:
    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        from tests.assurance.outsider.checking import _made, values_of

        _planned(20, begun=True)(doors, name, pick)
        row = {
            "title": "Nobody plans what is said",
            "audit": "planted audit",
            "requirement": "iso42001:7.4",
            "grade": grade,
            "asked": "What is said is planned.",
            "evidence": f"{doors.reference('com-board')} read.",
            "gap": "Half of it was not.",
            "owner": "hugo",
        }
        _made(doors, "kari", "audit-finding", "planted finding", row)
        doors.step("planted finding", "kari", "record")
        lines = [
            one.partition(":")[0]
            for one in values_of(doors.reference("planted audit"))[1]["checklist"].splitlines()
        ]
        word = "met" if grade == "conformity" else "not met"
        doors.step(
            "planted audit",
            "kari",
            "report",
            checklist="\n".join(
                f"{one}: {word if one.startswith('7.4') else 'met'}: Records" for one in lines
            ),
            ended_on=day(0),
            verdict="conforms in part",
            summary="See findings.",
            conclusion="In part.",
            reported_to="astrid",
        )
        if grade == "conformity":
            return ["planted audit"]
        doors.step("planted audit", "astrid", "acknowledge")
        return [
            "planted audit",
            "planted finding",
            values_of(doors.reference("planted finding"))[1]["nonconformity"],
        ]

    return edit


def _asked(doors: Doors, name: str, pick: Random) -> list[str]:
    from tests.assurance.outsider.checking import _made

    row = {
        "title": "All incidents of the year",
        "audit": "audit-4",
        "requirement": "iso42001:8.1",
        "asked": "The full list.",
        "sought": "list",
        "due": day(4),
        "asked_of": "carla",
    }
    _made(doors, "kari", "audit-request", "planted request", row)
    doors.step("planted request", "kari", "ask")
    return ["planted request"]


def corrections() -> list[Fault]:
    """4.4 number 14 and 10.1."""
    family, found = "4.4/14 correction", list[Fault]()
    slugs = ("service-chat", "deposit-score", "cv-sorter", "field-router")
    found += faults(
        family,
        "10.2",
        "open for weeks past its day, and nothing was done",
        slugs,
        both(_open(("confirm",)), _lie),
    )
    found += faults(
        family,
        "10.2",
        "contained, and nobody asked why it happened",
        slugs[:3],
        both(_open(("confirm", "contain")), _lie),
    )
    found += faults(
        family,
        "10.2",
        "closed with a phrase for a cause",
        slugs,
        _open(
            ("confirm", "contain", "correct", "verify", "close"),
            cause="Human error.",
            no_action="Was a single case.",
        ),
    )
    found += faults(
        family,
        "10.2",
        "closed, and nobody looked for others like it",
        slugs[:3],
        _open(
            ("confirm", "contain", "correct", "verify", "close"), similar="-", no_action="Was a single case."
        ),
    )
    found += faults(
        family,
        "10.2",
        "corrected, its action was never carried out",
        slugs[1:],
        both(_open(("confirm", "contain", "correct")), _action(("submit", "approve")), _lie),
    )
    found += faults(
        family,
        "10.2",
        "carried out, and nobody looked whether it worked",
        slugs[:3],
        both(_open(("confirm", "contain", "correct")), _action(("submit", "approve", "carry-out")), _lie),
    )
    found += faults(
        family,
        "10.2",
        "verified in the hour in which it was carried out",
        slugs[:3],
        both(_open(("confirm", "contain", "correct")), _action(("submit", "approve", "carry-out", "verify"))),
    )
    found += faults(
        family,
        "10.2",
        "corrected, and no action against its cause was planned",
        slugs[2:],
        both(_open(("confirm", "contain", "correct")), _lie),
    )
    found += faults(
        family, "10.2", "the same again, three times in a year", ["boiler-agent", "tariff-advisor"], _again
    )
    better = "4.2/improvement"
    row = {
        "title": "Shorter letters",
        "description": "Letters are long.",
        "origin": "other",
        "source": "Idea of a clerk.",
        "expected": "Fewer calls.",
        "steps": "Rewrite.",
        "due": day(4),
        "owner": "greta",
    }
    found += faults(
        better,
        "10.1",
        "an improvement was approved, its day passed, and nothing was done",
        [""],
        both(add("action", row, {**row, "title": "A glossary for the chat"}), _lie),
    )
    found += faults(
        better,
        "10.1 6.1.1",
        "an opportunity was taken, its day passed, and nobody looked at it",
        [""],
        both(
            add(
                "opportunity",
                {
                    "title": "Voice for the chat",
                    "description": "Speaking is easier.",
                    "benefit": "Reach.",
                    "source": "An idea of a customer.",
                    "decision": "take",
                    "reason": "Asked for.",
                    "actions": "Try it.",
                    "measure": "Calls.",
                    "due": day(4),
                    "owner": "elin",
                },
            ),
            _lie,
        ),
    )
    return found


_STEPS = {"confirm": "dag", "contain": "farid", "correct": "farid", "verify": "bjorn", "close": "astrid"}


def _open(steps: tuple[str, ...], **changed: Any) -> Any:
    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        made = f"planted nonconformity {name}"
        told = {
            "title": "Cases are not read as planned",
            "source": "observation",
            "system": name,
            "requirements": ["iso42001:8.1"],
            "description": "Thirty cases a month are to be read; eleven were.",
            "detected_on": day(-2),
            "grade": "minor",
            "due": day(4),
            "containment": "The rest was read.",
            "cause_method": "five whys",
            "cause": "The list is made by hand, and its maker was on leave; nobody stood in.",
            "similar": "The other lists were looked at: all have somebody who stands in.",
            "correction": "The list makes itself.",
            "owner": "farid",
            **changed,
        }
        doors.import_rows("carla", "nonconformity", {made: told})
        for one in steps:
            doors.step(made, _STEPS[one], one, reason="Done.")
        return [made]

    return edit


def _action(steps: tuple[str, ...]) -> Any:
    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        made = f"planted corrective action {name}"
        row = {
            "title": "Somebody stands in",
            "nonconformity": f"planted nonconformity {name}",
            "cause": "Nobody stands in.",
            "action": "Name somebody.",
            "due": day(4),
            "effectiveness_measure": "Three months without a gap.",
            "owner": "farid",
        }
        doors.import_rows("carla", "corrective-action", {made: row})
        who = {"submit": "carla", "approve": "dag", "carry-out": "farid", "verify": "bjorn"}
        for one in steps:
            doors.step(made, who[one], one, reason="Done.")
        return [made]

    return edit


def _again(doors: Doors, name: str, pick: Random) -> list[str]:
    found = []
    for number in (1, 2, 3):
        made = f"planted repeat {name} {number}"
        row = {
            "title": "Plans were made on filled values",
            "source": "observation",
            "system": name,
            "requirements": ["iso42001:A.6.2.6"],
            "description": "A gap was filled and read as measured.",
            "detected_on": day(-90 + 30 * number),
            "grade": "minor",
            "due": day(10),
            "containment": "Held.",
            "cause_method": "other",
            "cause": "A station was missing on that day.",
            "similar": "None seen.",
            "correction": "Put right.",
            "no_action": "It was that day only.",
            "owner": "farid",
        }
        doors.import_rows("carla", "nonconformity", {made: row})
        for one, who in _STEPS.items():
            doors.step(made, who, one, reason="Done.")
        found.append(made)
    return found


def incidents() -> list[Fault]:
    """4.3, incidents and complaints."""
    family, found = "4.3/incidents", list[Fault]()
    slugs = ("service-chat", "tariff-advisor", "cv-sorter", "meter-watch")
    found += faults(
        family,
        "A.8.4 8.1 10.2",
        "open for weeks, and nothing was done",
        slugs[:3],
        both(_incident(("confirm",)), _lie),
    )
    found += faults(
        family,
        "A.8.4 A.8.2",
        "two hundred were harmed, and it was decided to tell nobody",
        slugs,
        _incident(
            ("confirm", "contain", "correct", "verify", "close"), tell="no", told="Not needed.", told_on=None
        ),
    )
    found += faults(
        family,
        "A.8.4",
        "those affected heard of it two months later",
        slugs[1:],
        _incident(("confirm", "contain", "correct", "verify", "close"), told_on=day(-1)),
    )
    found += faults(
        family,
        "A.8.4 A.8.5 8.1",
        "serious, with a high-risk use, and no authority was told",
        ["cv-sorter", "deposit-score"],
        _incident(("confirm", "contain", "correct", "verify", "close"), severity="serious", authority=""),
    )
    found += faults(
        family,
        "A.8.4 10.2 8.1",
        "closed, and nothing was learned",
        slugs[:2],
        _incident(("confirm", "contain", "correct", "verify", "close"), lessons="None.", cause="Unknown."),
    )
    found += faults(
        family,
        "A.8.4 8.1 10.2 6.1.2 8.2",
        "serious, and neither a nonconformity nor a risk took it up",
        slugs[2:],
        _incident(
            ("confirm", "contain", "correct", "verify", "close"),
            severity="critical",
            authority="Market surveillance, the day after.",
        ),
    )
    found += faults(
        family,
        "A.3.3 A.8.3",
        "a concern lies unanswered for weeks",
        ["service-chat", "deposit-score", "cv-sorter"],
        both(_concern(()), _lie),
    )
    found += faults(
        family,
        "A.3.3 A.8.3",
        "a concern was taken up, and nobody answered",
        ["tariff-advisor", "boiler-agent"],
        both(_concern(("take",)), _lie),
    )
    found += faults(
        family,
        "A.3.3 A.8.3 10.2",
        "upheld: people were harmed, and nothing followed but a letter",
        ["service-chat", "cv-sorter"],
        _concern(("take", "answer", "close")),
    )
    return found


def _incident(steps: tuple[str, ...], **changed: Any) -> Any:
    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        made = f"planted incident {name}"
        told = {
            "title": "Two hundred got a wrong answer",
            "system": name,
            "happened_on": day(-62),
            "noticed_on": day(-61),
            "description": "For a day results were those of somebody else.",
            "type": "wrong output",
            "severity": "limited",
            "harmed": ["customers"],
            "people": 200,
            "containment": "Switched off for a day.",
            "evidence_on": day(-61),
            "evidence": "Log of the day, read-only.",
            "timeline": f"{day(-62)} It began.\n{day(-61)} Switched off.",
            "cause_method": "timeline",
            "cause": "Two queues shared a key; no test had two.",
            "lessons": "Keys hold the queue; tests have two.",
            "tell": "yes",
            "told_on": day(-60),
            "told": "All of them by letter, with what to do.",
            "owner": "farid",
            **changed,
        }
        doors.import_rows(
            "carla", "incident", {made: {key: one for key, one in told.items() if one is not None}}
        )
        for one in steps:
            doors.step(made, _STEPS[one], one, reason="Done.")
        return [made]

    return edit


def _concern(steps: tuple[str, ...]) -> Any:
    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        made = f"planted concern {name}"
        row = {
            "title": "I was treated worse than my neighbour",
            "channel": "outside",
            "received_on": day(-3),
            "system": name,
            "topic": "unfair",
            "concern": pick.choice(
                ("They write that it is the machine.", "My neighbour got another answer to the same.")
            ),
            "reporter": "named",
            "name": "Letter 26/1501",
            "owner": "elin",
        }
        doors.import_rows("carla", "concern", {made: row})
        told = {
            "take": ("carla", {}),
            "close": ("dag", {}),
            "answer": (
                "carla",
                {
                    "assessment": "It is so: eleven people were treated worse.",
                    "outcome": "upheld",
                    "answered_on": day(0),
                    "answer": "We are sorry.",
                },
            ),
        }
        for one in steps:
            who, values = told[one]
            doors.step(made, who, one, reason="Done.", **values)
        return [made]

    return edit


def all_of_them() -> list[Fault]:
    """Every fault of this module, in its order."""
    return [*monitoring(), *suppliers(), *competence(), *audits(), *corrections(), *incidents()]
