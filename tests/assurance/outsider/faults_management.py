"""Faults of the system itself: statement, policy, scope, objectives, reviews, roles, papers (AUDITORS 4)."""

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
    draft,
    faults,
    overdue,
    retire,
    revise,
    wait,
)


def _lie(doors: Doors, name: str, pick: Random) -> None:
    wait(doors, pick.randint(26, 36))


def statement() -> list[Fault]:
    """4.4 number 4."""
    family, found = "4.4/4 statement", list[Fault]()
    rows = {
        name: f"soa-{name}"
        for name in (
            "A.2.4",
            "A.4.5",
            "A.5.5",
            "A.6.2.8",
            "A.7.5",
            "A.8.3",
            "A.8.5",
            "A.10.3",
            "A.10.4",
            "A.3.3",
        )
    }
    out = [
        {
            "applicable": "no",
            "exclusion_reason": "N/A",
            "reasons": [],
            "justification": "",
            "risks": [],
            "implementation": "not started",
        },
        {
            "applicable": "no",
            "exclusion_reason": "Not relevant.",
            "reasons": [],
            "justification": "",
            "risks": [],
            "implementation": "not started",
        },
    ]
    for number in ("A.2.4", "A.10.4", "A.3.3", "A.7.5"):
        found += faults(
            family, f"6.1.3 {number}", "left out with a phrase for a reason", [rows[number]], alter(*out)
        )
    for number, why in (
        ("A.10.3", "We have no suppliers of AI."),
        ("A.4.5", "We run no computing."),
        ("A.8.5", "Nobody outside has a claim to information."),
        ("A.5.5", "We do not touch society."),
        ("A.6.2.8", "Logs are a matter of IT."),
    ):
        found += faults(
            family,
            f"6.1.3 {number}",
            "left out although the register shows that it is needed",
            [rows[number]],
            alter({**out[0], "exclusion_reason": why}),
        )
    for number in ("A.2.4", "A.8.3", "A.4.5"):
        found += faults(
            family,
            f"6.1.3 8.1 {number}",
            "called implemented, and neither paper nor way of working is named",
            [rows[number]],
            alter({"how": "", "documents": []}),
        )
    for number in ("A.5.5", "A.10.4"):
        found += faults(
            family,
            f"6.1.3 {number}",
            "included without a reason",
            [rows[number]],
            alter({"justification": "Needed.", "reasons": []}, {"justification": "", "reasons": []}),
        )
    for number in ("A.7.5", "A.3.3"):
        found += faults(
            family,
            f"6.1.3 {number}",
            "withdrawn from the statement, which says nothing of the control any more",
            [rows[number]],
            retire(),
        )
    found += faults(
        family,
        "6.1.3",
        "the row was to be looked at again and was not",
        [rows["A.10.3"], rows["A.8.5"]],
        overdue(),
    )
    found += faults(
        family,
        "6.1.3 8.3",
        "a treatment approved long ago was never carried out",
        ["meter-watch", "invoice-reader", "cv-sorter"],
        _late_treatment,
    )
    found += faults(
        family,
        "6.1.3",
        "decisions changed after the statement was approved as a version",
        ["soa-A.4.5"],
        both(alter({"implementation": "not started", "how": "Was never begun."})),
    )
    found += faults(
        family,
        "6.1.3 8.3",
        "the treatment plan is out of force, and risks are still called treated",
        ["deposit-score/plan", "cv-sorter/plan"],
        retire(),
    )
    return found


def _late_treatment(doors: Doors, name: str, pick: Random) -> list[str]:
    made = f"planted treatment {name}"
    row = {
        "title": f"A second look for {name}",
        "risks": [f"{name}/risk-1"],
        "option": "reduce",
        "action": "A second person looks at each case.",
        "controls": ["iso42001:A.9.2"],
        "due": day(3),
        "measure": "Nine of ten errors seen.",
        "owner": "farid",
    }
    doors.take_in("carla", "bjorn", "treatment", {made: row})
    wait(doors, 34)
    return [made]


def policy() -> list[Fault]:
    """4.4 number 5."""
    family, found = "4.4/5 policy", list[Fault]()
    numbers, name = "5.2 A.2.2 A.2.3 A.2.4", ["ai-policy"]
    recycled = {
        "text": "Confidentiality, integrity and availability of information are protected. Passwords "
        "are changed. Laptops are locked. Everybody reports security events.",
        "purpose": "Protects information.",
        "objectives_frame": "",
        "exceptions": "",
    }
    generic = {
        "text": "We are committed to ethical, trustworthy and innovative AI.",
        "purpose": "Shows our commitment.",
        "objectives_frame": "",
        "exceptions": "",
    }
    foreign = {
        "text": "[Company name] uses AI responsibly. [Insert principles here.]",
        "purpose": "[Purpose]",
    }
    found += faults(family, numbers, "the security policy under another name", name, alter(recycled))
    found += faults(family, numbers, "generic: true of any company", name, alter(generic))
    found += faults(family, numbers, "a template that nobody filled in", name, alter(foreign))
    found += faults(family, numbers + " 10.1", "commits to nothing", name, alter({"commitments": []}))
    found += faults(
        family,
        numbers + " 10.1",
        "does not commit to improvement",
        name,
        alter({"commitments": ["meet requirements"]}),
    )
    found += faults(
        family,
        numbers + " 6.2",
        "says nothing from which objectives could follow",
        name,
        alter({"objectives_frame": ""}),
    )
    found += faults(family, numbers + " 7.3 7.4", "nobody was told of it", name, alter({"communicated": ""}))
    found += faults(
        family, numbers + " 7.4", "parties outside cannot get it", name, alter({"available_to": ""})
    )
    found += faults(
        family, numbers + " 8.1", "says nothing of departures from it", name, alter({"exceptions": ""})
    )
    found += faults(family, numbers + " 7.5.2", "past its review", [*name, "buying-policy"], overdue())
    found += faults(
        family,
        numbers + " 7.5.2 7.5.3",
        "lies in revision, unapproved, while its old text is a year old",
        name,
        both(draft({"version": "2"}), _lie),
    )
    found += faults(family, numbers + " 7.5.1", "nobody answers for it", name, alter({"owner": None}))
    found += faults(family, numbers, "the only AI policy was withdrawn", name, retire(), absence=True)
    found += faults(
        "4.2/deviations",
        "8.1 A.2.2 5.2",
        "a departure from the policy went on after its last day",
        ["ai-policy"],
        both(
            add(
                "deviation",
                {
                    "title": "No second reader in summer",
                    "rule": "Policy, section 4.",
                    "departure": "One reader.",
                    "reason": "Holidays.",
                    "expires_on": day(4),
                    "owner": "elin",
                },
                {
                    "title": "A release without a look at bias",
                    "rule": "Policy, section 3.",
                    "departure": "None was made.",
                    "reason": "Haste.",
                    "expires_on": day(6),
                    "owner": "farid",
                },
                of="policy",
            ),
            _lie,
        ),
    )
    return found


def context() -> list[Fault]:
    """4.4 number 15 and 4.2 items 1, 2 and 20."""
    family, found = "4.4/15 scope", list[Fault]()
    for slug in ("deposit-score", "cv-sorter", "boiler-agent"):
        found += faults(
            family,
            "4.3 4.4",
            f"leaves out {slug}, which is used every day, without a reason",
            ["scope"],
            alter({"excluded": [slug], "exclusions": "Out."}),
        )
    found += faults(
        family,
        "4.3",
        "vague: could be anybody's",
        ["scope"],
        alter({"statement": "All activities.", "activities": "All.", "boundaries": "All."}),
    )
    found += faults(
        family, "4.3", "names no site that exists", ["scope"], alter({"sites": "-", "boundaries": "-"})
    )
    found += faults(
        family,
        "4.1 4.3",
        "calls itself only a user, while five systems are built here",
        ["scope"],
        alter({"roles": ["customer"], "activities": "We use systems of others."}),
    )
    found += faults(
        family,
        "4.1",
        "climate is no issue, it says, while storms stand among the issues",
        ["scope"],
        alter({"climate": "no", "climate_reason": "Not relevant."}),
    )
    found += faults(family, "4.3 4.4", "there is no scope in force", ["scope"], retire(), absence=True)
    found += faults(family, "4.3 7.5.2", "was to be looked at again and was not", ["scope"], overdue())
    family = "4.2/context"
    found += faults(
        family, "4.1", "an issue was to be looked at again and was not", ["iss-act", "iss-models"], overdue()
    )
    found += faults(
        family,
        "4.2",
        "a party's needs were to be looked at again and were not",
        ["pty-applicants", "pty-regulator"],
        overdue(),
    )
    found += faults(
        family,
        "4.2 4.1",
        "an obligation was to be looked at again and was not",
        ["obl-high", "obl-works"],
        overdue(),
    )
    found += faults(
        family,
        "4.2",
        "people whom systems decide about are no interested party any more",
        ["pty-applicants"],
        both(retire()),
        absence=True,
    )
    found += faults(
        family,
        "4.2",
        "no word on how it is met",
        ["obl-told", "obl-gdpr"],
        alter({"how": "-", "controls": []}, {"how": "To be done.", "controls": []}),
    )
    found += faults(
        family, "4.2 A.8.5", "nobody answers for it", ["obl-report", "obl-high"], alter({"owner": None})
    )
    found += faults(
        family,
        "4.1 6.1.1",
        "issues named, and nobody answers for them",
        ["iss-price", "iss-data"],
        alter({"owner": None}),
    )
    return found


def objectives() -> list[Fault]:
    """4.4 number 13."""
    family, found = "4.4/13 objectives", list[Fault]()
    slugs = ("deposit-score", "service-chat", "cv-sorter", "meter-watch", "field-router", "invoice-reader")
    name = [f"{slug}/objective" for slug in slugs]
    found += faults(
        family,
        "6.2",
        "nothing in it can be measured",
        name[:3],
        alter(
            {"measure": "Users are satisfied.", "target": None, "direction": "", "baseline": None},
            {"measure": "Improvement.", "target": None, "direction": "", "baseline": None},
        ),
    )
    found += faults(family, "6.2 5.3", "nobody answers for it", name[1:3], alter({"owner": None}))
    found += faults(family, "6.2 9.1", "its day has passed, and nobody judged it", name[2:5], overdue("due"))
    found += faults(
        family,
        "6.2 9.1",
        "called reached, while its figure is far from the target",
        name[3:6],
        _called_reached,
    )
    found += faults(family, "6.2 9.1", "nothing measures it any more", name[:2], _unmeasured)
    found += faults(
        family,
        "6.2 10.1 10.2",
        "called missed, and nothing followed",
        name[4:6],
        alter({"outcome": "missed", "judged_on": day(-60), "outcome_note": "Missed."}),
    )
    found += faults(
        family, "6.2 7.4", "nobody was told of it", ["obj-aims", name[5]], alter({"communicated_to": ""})
    )
    found += faults(
        family,
        "6.2 7.1",
        "no word on what is done or what it takes",
        ["obj-development", name[0]],
        alter({"actions": "-", "resources": ""}, {"actions": "Tbd", "resources": ""}),
    )
    found += faults(
        family,
        "6.2 A.6.1.2",
        "no objective for development is in force",
        ["obj-development"],
        retire(),
        absence=True,
    )
    return found


def _called_reached(doors: Doors, name: str, pick: Random) -> list[str]:
    indicator = name.replace("objective", "indicator")
    revise(
        doors,
        indicator,
        {"value": "0.310", "measured_on": day(-4), "analysis": "Three in ten were corrected."},
    )
    revise(doors, name, {"outcome": "reached", "judged_on": day(-1), "outcome_note": "Reached."})
    return [indicator]


def _unmeasured(doors: Doors, name: str, pick: Random) -> list[str]:
    slug = name.partition("/")[0]
    doors.retire(f"{slug}/indicator", "carla", "dag")
    return [f"{slug}/indicator", f"{slug}/monitoring"]


def reviews() -> list[Fault]:
    """4.4 number 12."""
    family, found = "4.4/12 review", list[Fault]()
    numbers = "9.3.1 9.3.2 9.3.3"
    found += faults(
        family,
        numbers,
        "decided nothing",
        ["review-2"],
        alter(
            {"decisions": "None.", "changes": "None.", "actions": ""},
            {"decisions": "No decisions.", "changes": "None.", "actions": ""},
            {"decisions": "Noted.", "changes": "None.", "actions": ""},
        ),
    )
    found += faults(
        family,
        numbers,
        "nobody of top management was there",
        ["review-2"],
        alter(
            {"top_management": "Apologies: Astrid Lund. Represented by the AIMS lead."},
            {"top_management": "None; excused."},
        ),
    )
    found += faults(
        family,
        numbers,
        "decided, and nobody has to do it by any day",
        ["review-2"],
        alter({"actions": "To be followed up."}, {"actions": ""}),
    )
    found += faults(family, numbers, "the next one was to be held and was not", ["review-2"], overdue())
    found += faults(
        family, numbers, "nothing was discussed but the agenda", ["review-2"], alter({"discussion": ""})
    )
    found += faults(
        family,
        numbers,
        "found the system not effective, and changed nothing",
        ["review-2"],
        alter({"effective": "no", "suitable": "no", "decisions": "None.", "changes": "None.", "actions": ""}),
    )
    found += faults(
        family,
        numbers + " 9.2.1 9.2.2",
        "was held without the results of the audit",
        ["review-2"],
        alter({"inputs_missing": "No audit results; no results of measurement; no earlier actions."}),
    )
    found += faults(
        family, numbers + " 10.1", "what it decided was not done by its day", ["review-2"], _undone
    )
    found += faults(
        family,
        numbers,
        "the newest one was withdrawn, and the one before is a year old",
        ["review-2"],
        retire(),
        absence=True,
    )
    found += faults(
        family,
        numbers,
        "prepared, and never held",
        [""],
        both(
            add(
                "management-review",
                {
                    "title": "Management review, autumn",
                    "period_from": day(-150),
                    "period_until": day(-20),
                    "next_review": day(3),
                    "suitable": "open",
                    "adequate": "open",
                    "effective": "open",
                    "owner": "carla",
                },
                approve=False,
            ),
            _lie,
        ),
    )
    return found


def _undone(doors: Doors, name: str, pick: Random) -> list[str]:
    made = "planted action"
    row = {
        "title": pick.choice(("A second auditor is trained", "The chat gets an editor for the night")),
        "description": "Decided in the review.",
        "origin": "management review",
        "review": name,
        "expected": "Done.",
        "steps": "As decided.",
        "due": day(3),
        "owner": "dag",
    }
    doors.take_in("carla", "bjorn", "action", {made: row})
    wait(doors, 35)
    return [made]


def roles() -> list[Fault]:
    """4.4 number 17."""
    family, found = "4.4/17 roles", list[Fault]()
    areas = ["rsp-oversight", "rsp-risk", "rsp-suppliers", "rsp-privacy", "rsp-data", "rsp-impact"]
    found += faults(
        family, "5.3 A.3.2", "nobody answers for the area any more", areas, retire(), absence=True
    )
    found += faults(family, "5.3 A.3.2", "was to be looked at again and was not", areas[:2], overdue())
    for who, about in (
        ("leif", "rsp-privacy"),
        ("olga", "rsp-data"),
        ("hugo", "cv-sorter"),
        ("jorunn", "field-router"),
    ):
        found += faults(
            family,
            "5.3 A.3.2 7.1 A.4.2 8.1",
            f"whoever answers for it ({who}) left, and nobody took over",
            [about],
            _left(who),
        )
    found += faults(
        family,
        "5.3 A.3.2",
        "an authority ran out, and is still used",
        ["aut-deputy", "aut-operations"],
        overdue("valid_until"),
    )
    found += faults(
        family,
        "5.1 5.3 A.3.2",
        "the council has not met for months",
        ["committee"],
        both(alter({"cadence": "monthly"}), _lie),
    )
    found += faults(family, "5.1 5.3 A.3.2", "decided without a quorum", ["committee"], _inquorate)
    found += faults(
        family, "5.1 5.3 A.3.2", "what the council decided was not done by its day", ["mtg-5"], _undecided
    )
    found += faults(
        family,
        "4.4 8.1 9.1 5.1",
        "papers grow, and for half a year nothing is done",
        [""],
        _paper,
        absence=True,
        wide=True,
    )
    change = "4.2/changes"
    found += faults(
        change,
        "6.3",
        "a planned change was begun and never finished",
        [""],
        both(add("change", _CHANGE), step_of("planted change", "carla", "begin"), _lie),
    )
    found += faults(
        change,
        "6.3",
        "a change was approved, its first day passed, and nothing began",
        [""],
        both(add("change", {**_CHANGE, "begins_on": day(2), "due": day(5)}), _lie),
    )
    return found


_CHANGE = {
    "title": "Field work takes over the router",
    "purpose": "The owner changes.",
    "parts": ["duties"],
    "consequences": "Faster.",
    "integrity": "Kept.",
    "resources": "None.",
    "responsibilities": "Field work owns it.",
    "begins_on": day(0),
    "due": day(6),
    "owner": "jorunn",
}


def step_of(made: str, who: str, *moves: str) -> Any:
    """Take steps with what was planted before."""

    def edit(doors: Doors, name: str, pick: Random) -> None:
        doors.step(made, who, *moves)

    return edit


def _left(who: str) -> Any:
    def edit(doors: Doors, name: str, pick: Random) -> None:
        doors.leave(who)

    return edit


def _inquorate(doors: Doors, name: str, pick: Random) -> list[str]:
    made = "planted meeting"
    row = {
        "title": "AI council, extraordinary",
        "committee": name,
        "held_on": day(-2),
        "present": "C. Mendes alone.",
        "quorate": "no",
        "minutes": "The agent may switch twice as many boilers.",
    }
    doors.take_in("carla", "dag", "committee-meeting", {made: row})
    decided = {
        "title": "Twice as many boilers",
        "meeting": made,
        "decision": "The limit is doubled.",
        "action": "Change the limit.",
        "due": day(60),
        "systems": ["boiler-agent"],
        "owner": "farid",
    }
    doors.take_in("carla", "dag", "committee-decision", {"planted decision": decided})
    return [made, "planted decision"]


def _undecided(doors: Doors, name: str, pick: Random) -> list[str]:
    row = {
        "title": pick.choice(("Foremen get reasons", "Editors at night")),
        "meeting": name,
        "decision": "It is done.",
        "action": "Do it.",
        "due": day(3),
        "owner": "jorunn",
    }
    doors.take_in("carla", "dag", "committee-decision", {"planted decision": row})
    wait(doors, 35)
    return ["planted decision"]


def _paper(doors: Doors, name: str, pick: Random) -> list[str]:
    rows = {f"planted paper {number}": _paper_row(f"Guideline {number} on AI") for number in range(8)}
    doors.take_in("carla", "dag", "document", rows)
    wait(doors, 190)
    return list(rows)


def _paper_row(title: str, **values: Any) -> dict[str, Any]:
    return {
        "title": title,
        "type": "other",
        "origin": "own",
        "version": "1",
        "text": f"{title}.",
        "classification": "internal",
        "owner": "carla",
        "retention_rule": "Ten years.",
        "next_review": day(180),
        **values,
    }


def papers() -> list[Fault]:
    """4.2 item 11, 4.3 document history, and 4.4 number 16."""
    family, found = "4.3/documents", list[Fault]()
    numbers = "7.5.1 7.5.2 7.5.3"
    papers_ = {
        "doc-method": "6.1.2 6.1.3 6.1.4 6.1.1 A.5.2",
        "doc-correction": "10.2",
        "doc-inventory": "4.3 A.4.2",
        "doc-incidents": "A.8.4 A.8.3",
        "doc-use": "A.9.2",
    }
    for name, more in papers_.items():
        found += faults(
            family, f"{numbers} {more}", "was to be looked at again and was not", [name], overdue()
        )
    for name, more in (
        ("doc-method", papers_["doc-method"]),
        ("doc-incidents", "A.8.4 A.8.3 A.8.5 A.3.3"),
        ("doc-use", "A.9.2 A.9.3 A.9.4"),
        ("doc-lifecycle", "A.6.1.2 A.6.1.3 A.6.2.2 A.6.2.4 A.6.2.5 A.6.2.3"),
        ("doc-data", "A.7.2 A.7.3 A.7.4 A.7.5 A.7.6"),
    ):
        found += faults(
            family,
            f"{numbers} {more} 4.4",
            "asked for in writing, withdrawn, and nothing takes its place",
            [name],
            retire(),
            absence=True,
        )
    found += faults(family, numbers, "nobody owns it", ["doc-audit", "doc-planning"], alter({"owner": None}))
    found += faults(family, numbers, "has no version", ["doc-measure", "doc-review"], alter({"version": ""}))
    found += faults(
        family,
        numbers,
        "nobody knows how long it is kept",
        ["doc-suppliers", "doc-roles"],
        alter({"retention_rule": ""}),
    )
    found += faults(
        family,
        numbers,
        "has neither text nor a place where it is kept",
        ["doc-resources", "doc-policies"],
        alter({"text": "", "address": ""}),
    )
    found += faults(
        family,
        numbers,
        "lies in revision, unapproved",
        ["doc-competence", "doc-documents"],
        both(draft({"version": "2"}), _lie),
    )
    found += faults(
        family,
        numbers + " A.2.4",
        "its review said that it is to be changed, and nobody changed it",
        ["doc-data", "doc-lifecycle"],
        both(
            add(
                "document-review",
                {
                    "title": "Review",
                    "reviewed_on": day(0),
                    "outcome": "to be changed",
                    "reason": "Out of date: the law of June is not in it.",
                    "next_review": day(4),
                    "owner": "carla",
                },
                of="document",
            ),
            _lie,
        ),
    )
    found += faults(
        family,
        numbers,
        "from outside, and nobody says of whom or which edition",
        ["doc-standard"],
        alter({"issuer": "", "version": ""}),
    )
    late = "4.4/16 made for the audit"
    found += faults(
        late,
        numbers + " 4.4 8.1",
        "a stack of papers written and approved within an hour, effective from long ago",
        [""],
        _stack,
    )
    found += faults(
        late,
        numbers + " 5.1 5.3",
        "minutes of a meeting written down most of a year later",
        ["committee"],
        add(
            "committee-meeting",
            {
                "title": "AI council, February",
                "held_on": day(-280),
                "present": "All.",
                "quorate": "yes",
                "minutes": "All was well.",
            },
            {
                "title": "AI council, April",
                "held_on": day(-220),
                "present": "All.",
                "quorate": "yes",
                "minutes": "Figures were read.",
            },
            of="committee",
        ),
    )
    found += faults(
        late,
        "9.1 A.6.2.6 7.5.1 7.5.3",
        "figures of many months ago entered now",
        ["ind-aims", "meter-watch/indicator"],
        alter({"measured_on": day(-290), "value": "0.05", "analysis": "As of then."}),
    )
    found += faults(
        late,
        numbers + " 8.2 6.1.2",
        "an assessment dated many months before anybody recorded it",
        ["deposit-score", "cv-sorter", "tariff-advisor"],
        _late_assessment,
    )
    found += faults(
        late,
        numbers + " 7.2 7.3",
        "a training of last winter entered the week before the audit",
        ["cmt-oversee", "cmt-risk"],
        _late_training,
    )
    found += faults(
        late,
        numbers,
        "undated and unowned: nobody and no version stands for it",
        [""],
        add(
            "document",
            _paper_row(
                "Evidence of controls",
                type="evidence",
                version="",
                owner=None,
                next_review=None,
                retention_rule="",
            ),
        ),
    )
    found += faults(
        late,
        numbers + " 4.4 8.1",
        "evidence in force since two years by its own word, first seen today",
        [""],
        add(
            "document",
            _paper_row("Report on monitoring of 2024", type="evidence", effective_from=day(-700)),
            _paper_row("Record of the risk workshop of 2024", type="evidence", effective_from=day(-640)),
        ),
    )
    return found


def _stack(doors: Doors, name: str, pick: Random) -> list[str]:
    topics = (
        "bias",
        "drift",
        "logging",
        "oversight",
        "suppliers",
        "data",
        "incidents",
        "training",
        "review",
        "change",
    )
    rows = {
        f"planted {topic}": _paper_row(f"Procedure on {topic}", type="process", effective_from=day(-400))
        for topic in topics
    }
    doors.take_in("carla", "dag", "document", rows)
    return list(rows)


def _late_assessment(doors: Doors, name: str, pick: Random) -> list[str]:
    made = f"planted assessment {name}"
    row = {
        "title": f"Risks of {name}, winter",
        "trigger": "planned",
        "occasion": "Yearly.",
        "assessed_on": day(-310),
        "participants": "The owner.",
        "risks": [f"{name}/risk-1"],
        "result": "acceptable",
        "findings": "As before.",
        "next_review": day(50),
        "owner": "ines",
    }
    doors.take_in("carla", "dag", "risk-assessment", {made: row})
    return [made]


def _late_training(doors: Doors, name: str, pick: Random) -> list[str]:
    made = f"planted training {name}"
    row = {
        "title": "Course of last winter",
        "competences": [name],
        "person": "marit",
        "provider": "Inside",
        "method": "test",
        "evaluate_on": day(-290),
        "owner": "hugo",
    }
    doors.import_rows("carla", "training", {made: row})
    doors.step(made, "carla", "hold", held_on=day(-300))
    doors.step(
        made,
        "carla",
        "evaluate",
        evaluated_on=day(-290),
        evaluator="dag",
        result="effective",
        findings="Good.",
    )
    doors.step(made, "astrid", "approve")
    return [made]


def all_of_them() -> list[Fault]:
    """Every fault of this module, in its order."""
    return [*statement(), *policy(), *context(), *objectives(), *reviews(), *roles(), *papers()]
