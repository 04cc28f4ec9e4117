"""The releases of a system of the invented organization: tested, assessed, approved, deployed and watched."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.assurance.outsider.thread import Thread

SECOND = "dag"
TYPES = {"basic": ("test",), "raised": ("test", "bias"), "high": ("test", "bias", "red team")}
REQUIREMENT = {"test": 0, "bias": 1, "red team": 2}
LIMITS = {
    "test": ("share as an expert would", ">=", "0.85", "0.91"),
    "bias": ("difference between groups", "<=", "4 points", "2 points"),
    "red team": ("attempts that succeeded", "<=", "0", "0"),
}
METHODS = {
    "test": "Two people who know the work judge each case without seeing the result; a third where "
    "they differ.",
    "bias": "Cases are paired by group and compared; the groups are those of the impact assessment.",
    "red team": "Two people of IT security and one from outside try for three days to lead it astray.",
}


def release(thread: Thread, version: str, live: date) -> None:
    """A release with its validations, its impact assessment and its approval."""
    doors, slug, first = thread.doors, thread.slug, version == "1.0"
    if not first:
        doors.revise(
            thread.name("model"),
            thread.owner,
            SECOND,
            version=version,
            digest=_digest(thread, version),
            change_reason="A newer version of the model.",
        )
    told = {
        "title": f"{thread.title} {version}",
        "system": slug,
        "version": version,
        "previous": None if first else thread.name("release-1.0"),
        "changes": "The first release: what the specification asks for."
        if first
        else "Trained or chosen again with the results of the first half-year, and with what users reported.",
        "components": [thread.name("model")],
        "datasets": [thread.name("data")],
        "notes": "Users are shown in a meeting what is new and where it is weak.",
        "owner": thread.owner,
    }
    named = thread.name(f"release-{version}")
    doors.import_rows(thread.owner, "release", {named: told})
    doors.step(named, thread.owner, "submit")
    for type_ in TYPES[thread.tier]:
        _validate(thread, version, type_)
    _assess(thread, version, live)
    doors.step(named, "bjorn", "approve", reason="Validations, assessment and risks read; all are there.")


def _digest(thread: Thread, version: str) -> str:
    from tests.assurance.outsider.thread import digest

    return digest(thread.slug, version)


def _validate(thread: Thread, version: str, type_: str) -> None:
    doors, named = thread.doors, thread.name(f"{type_.replace(' ', '-')}-{version}")
    measure, sign, limit, result = LIMITS[type_]
    asked = [text.partition(":")[0] for text in thread.facts["asked"]]
    ids = [asked[REQUIREMENT[type_]]] if REQUIREMENT[type_] < len(asked) else asked[:1]
    if type_ == "test":  # what no other validation shows
        others = {REQUIREMENT[other] for other in TYPES[thread.tier] if other != "test"}
        ids = [name for place, name in enumerate(asked) if place not in others]
    told = {
        "title": f"{type_.capitalize()} of {thread.title} {version}",
        "system": thread.slug,
        "release": thread.name(f"release-{version}"),
        "type": type_,
        "method": METHODS[type_],
        "data": f"400 cases of {thread.facts['fields']['topic'].lower()}, drawn by lot; none was used "
        "for training.",
        "limits": "\n".join(f"{name} {measure} {sign} {limit}" for name in ids),
        "owner": thread.owner,
    }
    doors.import_rows(thread.owner, "validation", {named: told})
    doors.step(named, thread.owner, "set-limits")
    doors.at(doors.now.date() + timedelta(days=2))
    doors.step(
        named,
        thread.owner,
        "measure",
        measured_on=doors.now.date(),
        results="\n".join(f"{name} {measure} = {result}" for name in ids),
        findings="Weakest where cases are few; those go to a person.",
        evidence=f"Folder {thread.slug}/{version}/{type_}, with cases, results and digest.",
    )
    doors.step(named, SECOND, "confirm", reason="Twenty cases repeated; the same results.")


def _assess(thread: Thread, version: str, live: date) -> None:
    facts, fields, doors = thread.facts, thread.facts["fields"], thread.doors
    worst = max(row[5][1] for row in facts["risks"])
    told = {
        "title": f"Impacts of {thread.title} {version}",
        "system": thread.slug,
        "version": version,
        "trigger": "new system" if version == "1.0" else "new release",
        "assessed_on": doors.now.date(),
        "taking_part": f"Ines Duarte (led), Leif Dahl, two of {fields['business_area'].lower()}, a data "
        "scientist.",
        "consulted": "Consumer council and works council in writing, twelve people concerned in talks "
        f"before {version}.",
        "intended_use": fields["purpose"],
        "misuse": facts["misuse"],
        "setting": f"Used in {fields['business_area'].lower()} in Norway and Finland; energy and data "
        "law apply.",
        "basis": f"{facts['model']['method']} Data: {facts['data']['title']}.",
        "groups": fields["affected_groups"] or ["employees"],
        "benefits": fields["benefits"],
        "individuals": facts["harm"],
        "group_effects": facts["groups"],
        "society": facts["society"],
        "failures": "; ".join(row[1] for row in facts["risks"]),
        "human_role": fields["human_oversight"],
        "likelihood": 2,
        "harm_to_individuals": worst,
        "harm_to_groups": worst,
        "harm_to_society": max(row[5][2] for row in facts["risks"]),
        "reversibility": "with effort",
        "safeguards": f"{fields['human_oversight']} {fields['stop_procedure']}",
        "risks": thread.risk_names(),
        "conclusion": "go ahead",
        "shared_with": "Consumer council, works council and the data-protection officer, in full.",
        "retention_rule": "Ten years after the end of the system.",
        "next_review": live + timedelta(days=330),
        "owner": "ines",
    }
    doors.take_in("carla", SECOND, "impact-assessment", {thread.name(f"impact-{version}"): told})


def deploy(thread: Thread, version: str, live: date) -> None:
    """A release put into use, the system as it is from then on, and notices to those concerned."""
    doors, slug, owner = thread.doors, thread.slug, thread.owner
    named = thread.name(f"deployment-{version}")
    told = {
        "title": f"{thread.title} {version} in {thread.facts['fields']['business_area'].lower()}",
        "system": slug,
        "release": thread.name(f"release-{version}"),
        "place": f"{thread.facts['fields']['business_area']}, all sites",
        "share": 20,
        "watched": f"{thread.facts['watched']} Daily for two weeks; back when a figure doubles.",
        "way_back": thread.facts["fields"]["stop_procedure"],
        "due": live,
        "owner": owner,
    }
    doors.import_rows(owner, "deployment", {named: told})
    doors.approve(owner, "astrid", named)
    doors.step(slug, owner, "revise", reason=f"Release {version} goes live.")
    day: dict[str, Any] = {"version": version, "released_on": live, "lifecycle": "in operation"}
    if version == "1.0":
        day["operating_since"] = live
    else:
        day |= {
            "change_reason": f"Release {version} followed; its risks are assessed within the week.",
            "accepted_until": live + timedelta(days=300),
        }
    doors.amend(slug, owner, next_review=live + timedelta(days=300), **day)
    doors.step(named, owner, "go-live")
    doors.approve(owner, SECOND, slug)
    if version != "1.0":
        doors.step(
            thread.name("deployment-1.0"),
            owner,
            "end",
            reason="Followed by the next release.",
            ended_on=live,
        )
        doors.retire(thread.name("impact-1.0"), "carla", SECOND)
        for who in ("users", "people"):
            if thread.name(f"notice-{who}-1.0") in doors.references:
                doors.retire(thread.name(f"notice-{who}-1.0"), owner, SECOND)
    notices(thread, version, live)


def notices(thread: Thread, version: str, live: date) -> None:
    """What users and people touched are told of the system, or of its new release."""
    fields, rows = thread.facts["fields"], {}
    stop = re.split(r"[;.]", fields["stop_procedure"])[0]
    audiences = {"users": ["users", "workers"], "people": ["affected", "customers"]}
    if fields["effect"] == "none":
        del audiences["people"]
    for name, audience in audiences.items():
        rows[thread.name(f"notice-{name}-{version}")] = {
            "title": f"What {thread.title} {version} does, for {name}",
            "system": thread.slug,
            "about": "system" if version == "1.0" else "change",
            "change": "" if version == "1.0" else f"Release {version}",
            "audience": audience,
            "covers": ["ai", "purpose", "limits", "contest", "oversight", "contact"],
            "text": f"{thread.title} is a program that learns from data. {fields['purpose']} It is "
            "weak where "
            f"cases are few. {fields['human_oversight']} If something is wrong: {stop.lower()}, or "
            "call us on "
            "800 40 400 and ask for a person, who looks at it again.",
            "language": "Norwegian",
            "version": version,
            "obligations": ["obl-told"],
            "channel": "briefing" if name == "users" else "letter or mail",
            "delivered_on": live,
            "delivery": "On the first day of the release, and to each newcomer.",
            "delivery_evidence": "Signed list or log of the dispatch, in the folder "
            f"{thread.slug}/{version}/notices.",
            "next_review": live + timedelta(days=330),
            "owner": thread.owner,
        }
    thread.doors.take_in(thread.owner, SECOND, "information-notice", rows)


def watch(thread: Thread) -> None:
    """An objective, an indicator and a monitoring plan of the system, and its papers."""
    doors, owner, slug, today = thread.doors, thread.owner, thread.slug, thread.doors.now.date()
    doors.take_in("carla", "astrid", "objective", {thread.name("objective"): _objective(thread, today)})
    doors.take_in(owner, SECOND, "indicator", {thread.name("indicator"): _indicator(thread, today)})
    plan = {
        "title": f"{thread.title} in operation",
        "subject": thread.facts["watched"],
        "purpose": "When to stop it, train people again, or ask for another release.",
        "systems": [slug],
        "indicators": [thread.name("indicator")],
        "objectives": [thread.name("objective")],
        "methods": "Drawn from the whole log of the quarter by the same query; thirty cases read by "
        "two people.",
        "cadence": "quarterly",
        "measured_by": "Data office",
        "source": f"Folder {slug}/monitoring",
        "measured_on": today,
        "evaluated": "quarterly",
        "evaluator": "ines",
        "evaluated_on": today,
        "evaluation": "First month: within what the tests promised; nothing follows from it yet.",
        "next_review": today + timedelta(days=300),
        "owner": owner,
    }
    doors.take_in(owner, SECOND, "monitoring-plan", {thread.name("monitoring"): plan})
    doors.take_in("carla", SECOND, "document", _papers(thread, today))


def _objective(thread: Thread, today: date) -> dict[str, Any]:
    return {
        "title": f"{thread.title} keeps what it promises",
        "statement": f"{thread.facts['fields']['benefits']} Without harm to those it touches.",
        "aims": ["iso42001:C.2.5", "iso42001:C.2.8"],
        "guides": ["use"],
        "applies_to": thread.facts["fields"]["business_area"],
        "systems": [thread.slug],
        "policy": "ai-policy",
        "measure": "Share of cases that people had to correct, from the log of each month. "
        f"{thread.facts['watched']}",
        "direction": "at most",
        "target": "0.080",
        "baseline": "0.110",
        "measured_in": "share",
        "cadence": "monthly",
        "actions": "Read thirty cases a month, correct sources and rules, train people where they differ.",
        "resources": "Two days a month of two people.",
        "due": date(2026, 12, 31),
        "communicated_to": "The team in its monthly meeting; the AI council.",
        "owner": thread.owner,
    }


def _indicator(thread: Thread, today: date) -> dict[str, Any]:
    return {
        "title": f"Corrections of {thread.title}",
        "question": f"How often do people have to correct {thread.title}?",
        "objective": thread.name("objective"),
        "system": thread.slug,
        "method": "Corrected cases over all cases of the quarter, counted from the whole log.",
        "source": f"Log of {thread.title}",
        "measured_in": "share",
        "direction": "at most",
        "target": "0.080",
        "cadence": "quarterly",
        "analysed": "quarterly",
        "value": "0.071",
        "measured_on": today,
        "analysis": f"{today}: first month, below the target; weak where cases are few.",
        "owner": thread.owner,
    }


def _papers(thread: Thread, today: date) -> dict[str, dict[str, Any]]:
    common = {
        "origin": "own",
        "version": "1",
        "systems": [thread.slug],
        "classification": "internal",
        "distribution": f"{thread.facts['fields']['business_area']}; in the handbook.",
        "retention_rule": "Ten years after the end of the system, by the archive.",
        "next_review": today + timedelta(days=330),
        "owner": thread.owner,
    }
    return {
        thread.name("instructions"): {
            "title": f"Working with {thread.title}",
            "type": "instructions",
            "requirements": ["iso42001:A.8.2", "iso42001:A.9.4"],
            "text": f"{thread.facts['fields']['purpose']} {thread.facts['fields']['human_oversight']} "
            f"Stop: {thread.facts['fields']['stop_procedure']} Not for: {thread.facts['misuse']}",
            **common,
        },
        thread.name("technical"): {
            "title": f"Technical documentation of {thread.title}",
            "type": "design",
            "requirements": ["iso42001:A.6.2.3", "iso42001:A.6.2.7", "iso42001:A.6.2.8"],
            "text": f"{thread.facts['model']['method']} Data: {thread.facts['data']['title']}. Log: "
            "time, input "
            "digest, version, output, who decided and what; kept for two years, read-only after an hour.",
            **common,
        },
    }
