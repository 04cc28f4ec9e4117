"""Faults of single AI systems: inventory, impact, risk, bias, oversight, releases, data (AUDITORS 4)."""

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
    rejudge,
    retire,
    revise,
    table,
    wait,
)

SYSTEMS = (
    "deposit-score",
    "boiler-agent",
    "service-chat",
    "tariff-advisor",
    "cv-sorter",
    "field-router",
    "meter-watch",
    "load-forecast",
    "invoice-reader",
)
HIGH = (*SYSTEMS[:3], "cv-sorter")
PEOPLE = (*HIGH, "tariff-advisor")
"""Systems whose output people feel."""
NOW = {
    name: "2.0" if name in ("deposit-score", "boiler-agent", "service-chat", "load-forecast") else "1.0"
    for name in SYSTEMS
}


def of(what: str, *slugs: str) -> list[str]:
    """The record of each system; ``{v}`` is its present version."""
    return [f"{slug}/{what.format(v=NOW[slug])}" for slug in slugs or SYSTEMS]


def _found(title: str, slug: str, **values: Any) -> dict[str, Any]:
    """A system that was in use before anybody registered it."""
    return {
        "title": title,
        "slug": slug,
        "lifecycle": "in operation",
        "operating_since": day(-300),
        "technique": "generative",
        "autonomy": "suggests",
        "effect": "direct",
        "sourcing": "embedded",
        "eu_role": "deployer",
        "eu_class": "no special duties",
        "regions": ["european union"],
        "data_classes": ["personal"],
        **values,
    }


SHADOWS = (
    ("Copilot of the office suite", "office-copilot", {}),
    ("Summaries of calls in the telephone system", "call-summaries", {"effect": "direct"}),
    ("Translation of letters by a web service", "letter-translation", {"sourcing": "bought"}),
    ("Churn score in the customer system", "churn-score", {"technique": "statistical"}),
    (
        "Face recognition at the gate of the depot",
        "gate-faces",
        {"technique": "deep learning", "effect": "legal or similar"},
    ),
    (
        "Ranking of overdue bills",
        "overdue-ranking",
        {"technique": "statistical", "effect": "legal or similar"},
    ),
)


def _shadow(place: int, approve: bool = True, **changed: Any) -> Any:
    title, slug, more = SHADOWS[place]

    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        values = {**_found(title, slug), **more, **changed}
        values = {key: found for key, found in values.items() if found is not None}
        doors.import_rows("carla", "ai-system", {slug: values})
        if approve:
            doors.approve("carla", "dag", slug)
        return [slug]

    return edit


def inventory() -> list[Fault]:
    """4.4 number 1."""
    family, found = "4.4/1 inventory", list[Fault]()
    for place, (title, _, _) in enumerate(SHADOWS):
        found += faults(
            family,
            "4.3 4.4 A.4.2 8.1 5.3 A.3.2",
            f"{title}: in use for months, and nobody owns it",
            [""],
            _shadow(place, owner=None),
        )
        found += faults(
            family,
            "4.3 A.4.2 8.1 A.9.2",
            f"{title}: in use for months, its entry is a draft that nobody approved",
            [""],
            _shadow(place, approve=False, owner="elin"),
        )
    for name in ("service-chat", "cv-sorter", "invoice-reader"):
        found += faults(
            family,
            "A.4.2 A.4.4 A.10.2 A.10.3 8.1",
            "rests on somebody else's model, and the entry names no supplier",
            [name],
            alter({"supplier": None}),
        )
    unknown = [
        {"technique": "unknown", "autonomy": "unknown"},
        {"effect": "unknown", "sourcing": "unknown"},
        {"sourcing": "unknown", "technique": "unknown"},
    ]
    found += faults(
        family,
        "A.4.2 4.1 4.3 A.6.2.2 6.1.2 6.1.4 A.5.2",
        "in operation, and its entry says unknown to what it is or does",
        SYSTEMS[3:6],
        alter(*unknown),
    )
    parts = (
        {
            "title": "Sentiment model of the mailbox",
            "type": "model",
            "origin": "Public hub of models",
            "version": "main",
        },
        {
            "title": "Speech recogniser of the telephone system",
            "type": "service",
            "origin": "Supplier of telephones",
        },
        {
            "title": "Agent that books technicians",
            "type": "agent",
            "origin": "Trial of field work",
            "version": "0.3",
        },
    )
    for part in parts:
        found += faults(
            family,
            "A.4.2 A.4.4 4.3",
            f"{part['title']}: registered as a part, and no AI system uses it",
            [""],
            add("component", part),
        )
    found += faults(
        family,
        "A.4.3 A.4.2 A.7.2 A.7.3",
        "a dataset with people in it belongs to no AI system",
        [""],
        add(
            "dataset",
            {
                "title": "Calls of 2024, transcribed",
                "uses": ["training"],
                "content": "One call a row.",
                "rights": "Consent at the beginning of the call.",
                "data_classes": ["personal"],
                "source": "internal",
                "rows": 40000,
                "quality_verdict": "not judged",
            },
        ),
    )
    found += faults(
        family,
        "A.4.2 A.10.3 A.4.4 4.3 8.1",
        "a supplier delivers models, and no system or part names it",
        [""],
        add(
            "supplier",
            {
                "title": "Vox Speech",
                "supplies": ["models"],
                "services": "Speech model in the telephone system.",
                "assessment": "Report of the supplier, two references.",
                "importance": "medium",
                "diligence": "suitable",
                "assessed_on": day(-90),
                "next_review": day(200),
                "owner": "dag",
            },
        ),
    )
    return found


def impact() -> list[Fault]:
    """4.4 number 2."""
    family, six, found = "4.4/2 impact", "6.1.4 8.4 A.5.2 A.5.3 A.5.4 A.5.5", list[Fault]()
    found += faults(
        family,
        six,
        "in operation, and no impact assessment of it is in force",
        of("impact-{v}", *PEOPLE[:4]),
        _no_impact,
    )
    found += faults(
        family,
        six,
        "a new version is in use, and impacts were not assessed again",
        (*PEOPLE[3:], "meter-watch", "invoice-reader", "service-chat"),
        _new_version,
    )
    shallow = [
        {"society": "None.", "group_effects": "None."},
        {"society": "n/a", "individuals": "n/a"},
        {"society": "Not applicable.", "group_effects": "n/a"},
    ]
    found += faults(
        family,
        six,
        "shallow: nothing on groups and society but a word",
        of("impact-{v}", *PEOPLE),
        alter(*shallow),
    )
    found += faults(
        family,
        six + " 6.1.2",
        "concludes not to go ahead, and the system operates",
        of("impact-{v}", "cv-sorter", "tariff-advisor", "boiler-agent"),
        alter({"conclusion": "do not go ahead"}),
    )
    found += faults(
        family,
        six + " 6.1.2",
        "grave harm to people, and it feeds no risk",
        of("impact-{v}", "deposit-score", "cv-sorter", "boiler-agent"),
        alter(
            {"harm_to_individuals": 5, "risks": []},
            {"harm_to_individuals": 4, "harm_to_groups": 4, "risks": []},
        ),
    )
    found += faults(
        family,
        six,
        "nobody whom it touches was asked",
        of("impact-{v}", "deposit-score", "cv-sorter"),
        alter({"consulted": ""}),
    )
    found += faults(
        family,
        six,
        "its day has passed, and it was not made again",
        of("impact-{v}", "service-chat", "tariff-advisor", "meter-watch"),
        overdue(),
    )
    return found


def _no_impact(doors: Doors, name: str, pick: Random) -> list[str]:
    doors.retire(name, "carla", "dag")
    return [name.partition("/")[0]]


def _new_version(doors: Doors, name: str, pick: Random) -> list[str]:
    revise(
        doors,
        name,
        {"version": pick.choice(("2.1", "3.0", "2.5")), "released_on": day(-pick.randint(60, 140))},
    )
    return [f"{name}/impact-{NOW[name]}"]


def risk() -> list[Fault]:
    """4.4 number 3."""
    family, found = "4.4/3 risk", list[Fault]()
    risks = [f"{name}/risk-1" for name in SYSTEMS]
    found += faults(
        family,
        "6.1.2 8.2 6.1.1",
        "generic: no cause is named",
        risks[:3],
        rejudge({"cause": "", "source": "", "description": "AI may be wrong."}),
    )
    found += faults(
        family,
        "6.1.2 6.1.4 8.2",
        "only harm to the company is judged, of a risk to people",
        risks[2:6],
        rejudge(
            {
                "harm_to_individuals": None,
                "harm_to_society": None,
                "residual_harm_to_individuals": None,
                "residual_harm_to_society": None,
            }
        ),
    )
    found += faults(
        family, "6.1.2 6.1.3 5.3 8.2 8.3 A.3.2", "nobody owns it", risks[3:6], rejudge({"owner": None})
    )
    found += faults(
        family,
        "6.1.2 8.2",
        "was taken up again and then left without an assessment",
        risks[4:7],
        both(rejudge({}, accept="identified"), _lie),
    )
    found += faults(
        family,
        "6.1.2 6.1.3 8.2 8.3",
        "the acceptance has run out, and nobody decided anew",
        risks[:3],
        both(rejudge({"accepted_until": day(4)}), _lie),
    )
    found += faults(
        family,
        "6.1.2 8.2",
        "was to be assessed again and was not",
        risks[5:8],
        both(rejudge({"next_review": day(5)}), _lie),
    )
    found += faults(
        family,
        "6.1.2 6.1.1 8.2",
        "a system that decides over people has no risk but one, of the least sort",
        ["cv-sorter", "deposit-score"],
        _belittled,
    )
    found += faults(
        family,
        "6.1.2 6.1.1 8.2",
        "judged without criteria",
        risks[6:9],
        rejudge({"criteria": None, "criteria_version": ""}),
    )
    found += faults(
        family,
        "6.1.2 8.2 10.2 8.4",
        "an incident showed it to be true, and it was not assessed again",
        ["meter-watch", "tariff-advisor", "service-chat"],
        _came_true,
    )
    return found


def _lie(doors: Doors, name: str, pick: Random) -> None:
    wait(doors, pick.randint(28, 36))


def _belittled(doors: Doors, name: str, pick: Random) -> list[str]:
    first, *others = [one for one in doors.references if one.startswith(f"{name}/risk-")]
    for other in others:
        doors.step(other, "dag", "close", reason="Seen as covered by the first.")
    small = dict.fromkeys(("harm_to_individuals", "harm_to_society", "harm_to_organization"), 1)
    small |= {f"residual_{harm}": 1 for harm in small}
    rejudge({"likelihood": 1, "residual_likelihood": 1, **small})(doors, first, pick)
    return [first, *others]


def _came_true(doors: Doors, name: str, pick: Random) -> list[str]:
    risk_, made = f"{name}/risk-1", f"planted incident {name}"
    row = {
        "title": "It came true",
        "system": name,
        "happened_on": day(-70),
        "noticed_on": day(-69),
        "type": "wrong output",
        "severity": "serious",
        "harmed": ["customers"],
        "people": 300,
        "risks": [risk_],
        "owner": "ines",
        "description": "What the register calls unlikely happened to three hundred customers.",
        "containment": "Switched off for two days.",
        "evidence_on": day(-69),
        "evidence": "Logs of both days.",
        "timeline": f"{day(-70)} It began.\n{day(-69)} Switched off.",
        "cause": "A change of the input nobody compared.",
        "lessons": "Compare.",
        "tell": "yes",
        "told_on": day(-68),
        "told": "All of them by letter.",
        "authority": "Market surveillance, the same week.",
    }
    doors.import_rows("carla", "incident", {made: row})
    doors.step(made, "dag", "confirm", reason="So it is.")
    doors.step(made, "ines", "contain", "correct")
    doors.step(made, "bjorn", "verify", reason="Read.")
    doors.step(made, "astrid", "close", reason="Read.")
    return [made, risk_]


def bias() -> list[Fault]:
    """4.4 number 6."""
    family, found = "4.4/6 bias", list[Fault]()
    found += faults(
        family,
        "A.6.2.4 A.5.4 A.7.4 A.6.1.2",
        "calls itself tested for fairness, and no requirement speaks of groups",
        of("spec", *PEOPLE),
        alter(
            {"asked": "R1: works well | users are content"}, {"asked": "R1: gives good proposals | 90 of 100"}
        ),
    )
    found += faults(
        family,
        "A.7.4 A.7.2 A.5.4 A.6.2.4 A.7.6",
        "nobody looked at who is missing in the data",
        of("data", "deposit-score", "tariff-advisor", "cv-sorter", "meter-watch"),
        alter({"known_bias": ""}),
    )
    wide = [
        "R1 share as an expert would >= 0.01\nR2 difference between groups <= 100 points",
        "R1 share as an expert would >= 0.1\nR2 difference between groups <= 60 points",
    ]
    found += faults(
        family,
        "A.6.2.4 A.5.4",
        "a look at bias whose limit nothing could miss",
        ["deposit-score", "service-chat", "tariff-advisor"],
        _validation(
            "bias", wide, "R1 share as an expert would = 0.5\nR2 difference between groups = 41 points"
        ),
    )
    found += faults(
        family,
        "A.6.2.4 A.5.4 A.7.4",
        "a look at bias failed its limit, and nothing followed",
        ["tariff-advisor", "cv-sorter", "deposit-score", "service-chat"],
        _validation(
            "bias", ["R2 difference between groups <= 4 points"], "R2 difference between groups = 17 points"
        ),
    )
    found += faults(
        family,
        "A.6.2.4 A.5.4 8.1",
        "assessed as fair by words: the groups that were compared are not named",
        of("impact-{v}", *PEOPLE[:3]),
        alter({"group_effects": "Bias was tested and is fine."}, {"group_effects": "The model is fair."}),
    )
    return found


def _validation(
    type_: str, limits: list[str], results: str, confirm: bool = True, data: str = "Cases of the spring."
) -> Any:
    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        made = f"planted validation {name}"
        row = {
            "title": f"Another {type_} of {name}",
            "system": name,
            "release": f"{name}/release-{NOW[name]}",
            "type": type_,
            "method": "As before.",
            "data": data,
            "limits": pick.choice(limits),
            "owner": "farid",
        }
        doors.import_rows("carla", "validation", {made: row})
        doors.step(made, "carla", "set-limits")
        doors.step(made, "carla", "measure", measured_on=day(0), results=results, evidence="Folder.")
        if confirm:
            doors.step(made, "dag", "confirm", reason="Seen.")
        return [made]

    return edit


def oversight() -> list[Fault]:
    """4.4 number 7."""
    family, found = "4.4/7 oversight", list[Fault]()
    numbers = "A.9.2 A.9.3 A.3.2 A.9.4 A.6.2.2 5.3 A.6.2.6"
    found += faults(
        family,
        numbers,
        "touches people, and says nothing of who watches it",
        PEOPLE,
        alter({"human_oversight": ""}),
    )
    found += faults(
        family,
        numbers,
        "touches people, and nobody knows how it is stopped",
        PEOPLE[:4],
        alter({"stop_procedure": ""}),
    )
    found += faults(
        family,
        numbers,
        "oversight is a phrase",
        PEOPLE,
        alter(
            {"human_oversight": "Human in the loop."},
            {"human_oversight": "A human is in the loop."},
            {"human_oversight": "Yes"},
        ),
    )
    found += faults(
        family,
        numbers + " 6.1.2",
        "decides alone over money or work of people",
        ["deposit-score", "cv-sorter"],
        alter({"autonomy": "acts alone", "human_oversight": "None; it runs by itself."}),
    )
    found += faults(
        family,
        numbers + " A.4.4 A.6.2.3",
        "an agent that nobody may stop",
        ["boiler-agent/model"],
        alter({"stopped_by": None, "stop_how": ""}),
    )
    found += faults(
        family,
        numbers + " A.4.4",
        "an agent without limits of amount or of data",
        ["boiler-agent/model"],
        alter({"amount_limits": "", "data_limits": ""}),
    )
    found += faults(
        family,
        numbers + " 7.2 A.4.6",
        "who oversees has no valid proof of being able to",
        ["qualified-marit", "qualified-nils"],
        both(retire()),
    )
    return found


def releases() -> list[Fault]:
    """4.3, approvals and test reports."""
    family, found = "4.3/releases", list[Fault]()
    found += faults(
        family,
        "A.6.2.5 8.1 A.6.2.4 6.3",
        "its entry calls a version current that nobody released",
        ("field-router", "load-forecast", "deposit-score", "boiler-agent"),
        alter(
            {"version": "9.9", "released_on": day(-40)}, {"version": "4.0-hotfix", "released_on": day(-25)}
        ),
    )
    found += faults(
        family,
        "A.6.2.5 8.1",
        "a release was submitted months ago, and nobody decided",
        ("meter-watch", "invoice-reader"),
        _stuck,
    )
    tests = "4.3/tests"
    found += faults(
        tests,
        "A.6.2.4",
        "a test failed its limits, and nothing followed",
        ("field-router", "meter-watch", "load-forecast", "invoice-reader"),
        _validation("test", ["R1 share as an expert would >= 0.9"], "R1 share as an expert would = 0.52"),
    )
    found += faults(
        tests,
        "A.6.2.4 A.7.2 A.7.4",
        "tested with the data that it was trained with",
        ("deposit-score", "tariff-advisor"),
        _validation(
            "test",
            ["R1 share as an expert would >= 0.9"],
            "R1 share as an expert would = 0.99",
            data="The training data.",
        ),
    )
    found += faults(
        tests,
        "A.6.2.4",
        "measured, and no second person confirmed the result",
        ("service-chat", "cv-sorter", "meter-watch"),
        both(
            _validation(
                "test",
                ["R1 share as an expert would >= 0.9"],
                "R1 share as an expert would = 0.93",
                confirm=False,
            ),
            _lie,
        ),
    )
    found += faults(
        tests,
        "A.6.2.2 A.6.2.4",
        "requirements that cannot be measured",
        of("spec", "field-router", "load-forecast", "meter-watch"),
        alter({"asked": "R1: is good | good enough"}, {"asked": "R1: helps people | as far as possible"}),
    )
    cycle = "4.2/life cycle"
    found += faults(
        cycle,
        "A.6.2.2 A.6.2.3 A.6.1.2 8.1",
        "in operation, and nothing in force says what it shall do",
        of("spec", "service-chat", "invoice-reader", "tariff-advisor", "boiler-agent"),
        _without,
    )
    found += faults(
        cycle,
        "A.6.2.7 A.6.2.3 7.5.1",
        "its technical documentation was withdrawn",
        of("technical", "deposit-score", "cv-sorter", "field-router"),
        _without,
    )
    found += faults(
        cycle,
        "A.6.2.6 8.1 A.6.2.5 A.4.2 4.3",
        "still used somewhere by its entry, and switched off without a plan for its end",
        ("load-forecast", "invoice-reader"),
        table(lifecycle="retired"),
        door="tables",
    )
    return found


def _stuck(doors: Doors, name: str, pick: Random) -> list[str]:
    made = f"planted release {name}"
    revise(doors, f"{name}/model", {"version": "1.1", "digest": "ab" * 32})
    doors.import_rows(
        "carla",
        "release",
        {
            made: {
                "title": f"{name} 1.1",
                "system": name,
                "version": "1.1",
                "changes": "Trained again.",
                "components": [f"{name}/model"],
                "datasets": [f"{name}/data"],
                "owner": "farid",
            }
        },
    )
    doors.step(made, "carla", "submit")
    wait(doors, 36)
    return [made]


def _without(doors: Doors, name: str, pick: Random) -> list[str]:
    doors.retire(name, "carla", "dag")
    return [name.partition("/")[0]]


def data() -> list[Fault]:
    """4.3, data records; logs."""
    family, found = "4.3/data", list[Fault]()
    numbers = "A.7.2 A.7.3 A.7.4 A.7.5 A.7.6 A.4.3"
    found += faults(
        family,
        numbers,
        "nobody wrote by which right it is used",
        of("data", *SYSTEMS[:4]),
        alter({"rights": ""}),
    )
    found += faults(
        family,
        numbers,
        "cannot be traced to where it came from",
        of("data", *SYSTEMS[3:6]),
        alter({"origin": "", "lineage": ""}, {"lineage": "", "acquired_on": None}),
    )
    found += faults(
        family,
        numbers,
        "quality was never judged, and it is in use",
        of("data", *SYSTEMS[5:8]),
        alter({"quality_verdict": "not judged", "quality_found": ""}),
    )
    found += faults(
        family,
        numbers,
        "judged not good enough, and it is in use",
        of("data", *SYSTEMS[1:4]),
        alter({"quality_verdict": "not good enough", "quality_found": "A third is missing."}),
    )
    found += faults(
        family,
        numbers,
        "no word on how it was prepared",
        of("data", "meter-watch", "load-forecast", "deposit-score"),
        alter({"preparation": "", "labelling": ""}),
    )
    found += faults(
        family,
        numbers,
        "its quality and rights were to be looked at again and were not",
        of("data", "cv-sorter", "tariff-advisor"),
        overdue(),
    )
    found += faults(
        family,
        numbers,
        "no quality was set beforehand",
        of("data", "service-chat", "boiler-agent"),
        alter({"quality_wanted": ""}),
    )
    logs = "4.3/logs"
    found += faults(
        logs,
        "A.6.2.8 9.1 A.6.2.6",
        "the paper on logs was withdrawn, and nothing takes its place",
        ["doc-logs"],
        retire(),
        absence=True,
    )
    found += faults(
        logs,
        "A.6.2.8 A.6.2.6 9.1",
        "reports nothing, and the reason is a word",
        ("deposit-score", "cv-sorter", "service-chat"),
        alter(
            {"not_reported_why": "Not possible."},
            {"not_reported_why": "n/a"},
            {"not_reported_why": "Vendor."},
        ),
    )
    return found


def users() -> list[Fault]:
    """4.2 item 15: what users and others are told."""
    family, found = "4.2/users told", list[Fault]()
    numbers = "A.8.2 A.8.5 7.4 A.8.3"
    found += faults(
        family,
        numbers,
        "people it touches are told nothing that is in force",
        of("notice-people-{v}", "deposit-score", "service-chat", "cv-sorter", "tariff-advisor"),
        _without,
    )
    found += faults(
        family,
        numbers,
        "approved, and never given to anybody",
        of("notice-people-{v}", "boiler-agent", "tariff-advisor", "field-router"),
        alter({"delivered_on": None, "delivery": "", "delivery_evidence": ""}),
    )
    found += faults(
        family,
        numbers,
        "tells neither that it is AI nor how to contest a decision",
        of("notice-people-{v}", "cv-sorter", "deposit-score"),
        alter({"covers": ["purpose"], "text": "We work with modern methods."}),
    )
    found += faults(
        family,
        numbers,
        "was to be looked at again and was not",
        of("notice-users-{v}", "meter-watch", "invoice-reader"),
        overdue(),
    )
    found += faults(
        family,
        "A.8.2 A.9.4 7.5.1 7.5.3",
        "instructions for its users were withdrawn",
        of("instructions", "boiler-agent", "cv-sorter"),
        _without,
    )
    found += faults(
        family,
        "A.8.2 A.9.4 7.5.2",
        "instructions lie in revision while people work by them",
        of("instructions", "service-chat"),
        both(draft({"version": "2"}), _lie),
    )
    return found


def all_of_them() -> list[Fault]:
    """Every fault of this module, in its order."""
    return [*inventory(), *impact(), *risk(), *bias(), *oversight(), *releases(), *data(), *users()]
