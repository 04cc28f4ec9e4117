"""Who works at Norrvik Energi, what they can do, and how they came to be able to do it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.assurance.outsider.doors import Doors, Row
from tests.assurance.outsider.thread import Act

PEOPLE = {
    "astrid": ("Astrid Lund", "top-management"),
    "bjorn": ("Bjørn Vik", "top-management"),
    "carla": ("Carla Mendes", "aims-manager"),
    "dag": ("Dag Holt", "aims-manager"),
    "elin": ("Elin Strand", "system-owner"),
    "farid": ("Farid Amini", "system-owner"),
    "greta": ("Greta Nilsen", "system-owner"),
    "hugo": ("Hugo Bakke", "system-owner"),
    "jorunn": ("Jorunn Sand", "system-owner"),
    "ines": ("Ines Duarte", "risk-owner"),
    "jonas": ("Jonas Lie", "risk-owner"),
    "kari": ("Kari Moe", "internal-auditor"),
    "per": ("Per Aas", "internal-auditor"),
    "leif": ("Leif Dahl", "data-protection-officer"),
    "marit": ("Marit Sol", "reviewer"),
    "nils": ("Nils Berg", "reviewer"),
    "olga": ("Olga Petrova", "contributor"),
}
"""Name and role of everybody here."""
COMPETENCE = {
    "top-management": "cmt-lead",
    "aims-manager": "cmt-aims",
    "system-owner": "cmt-own",
    "risk-owner": "cmt-risk",
    "reviewer": "cmt-oversee",
    "internal-auditor": "cmt-audit",
    "contributor": "cmt-data",
    "data-protection-officer": "cmt-privacy",
}
TAUGHT = ("elin", "farid", "greta", "hugo", "jorunn", "marit", "nils", "olga", "ines", "jonas")
"""Who was taught here before taking up the work; the others came with it."""

SEEN = (
    "Took a topic out of the test chat in forty seconds",
    "Held a plan of the agent, and said which limit it would have passed",
    "Overruled three proposals with reasons that the panel shared",
    "Read the lower half of the applications first",
    "Changed a list of visits for the weather, and wrote why",
    "Saw both seeded errors, and asked about a third case that was right",
    "Saw all three seeded errors, one of them late",
    "Traced three items of the billing data to their forms",
    "Found a group that the panel had left out",
    "Judged one case a level higher than the panel, with a reason that it took",
)
"""What was seen of each at work, in the order of `TAUGHT`."""


def hire(doors: Doors) -> None:
    """Give everybody an account and a role."""
    for name, (full_name, role) in PEOPLE.items():
        doors.hire(name, full_name, role)


def acts(doors: Doors) -> Iterator[Act]:
    """Trainings with their evaluation by somebody else, qualifications, and what made people aware."""
    yield date(2025, 6, 20), lambda: _planned(doors)
    yield date(2025, 6, 27), lambda: _held(doors)
    yield date(2025, 8, 11), lambda: _evaluated(doors)
    yield date(2025, 8, 12), lambda: _qualified(doors)
    yield date(2025, 9, 8), lambda: _aware(doors, "aware-2025", date(2025, 9, 5), 212, 208, 30, 26)
    yield date(2026, 9, 7), lambda: _aware(doors, "aware-2026", date(2026, 9, 4), 221, 219, 30, 29)


def _planned(doors: Doors) -> None:
    rows: dict[str, Row] = {}
    for name in TAUGHT:
        full_name, role = PEOPLE[name]
        rows[f"training-{name}"] = {
            "title": f"{full_name}: {COMPETENCE[role].removeprefix('cmt-')} of AI",
            "competences": [COMPETENCE[role]],
            "person": name,
            "content": "Two days: how models fail, twelve of our own cases, a drill.",
            "provider": "Nordic Institute of Technology",
            "method": "observed work" if role != "reviewer" else "simulation",
            "evaluate_on": date(2025, 8, 8),
            "owner": "hugo" if name != "hugo" else "carla",
        }
    doors.import_rows("carla", "training", rows)


def _held(doors: Doors) -> None:
    for name in TAUGHT:
        doors.step(f"training-{name}", "carla", "hold", held_on=date(2025, 6, 26))


def _evaluated(doors: Doors) -> None:
    for place, name in enumerate(TAUGHT):
        doors.step(
            f"training-{name}",
            "carla",
            "evaluate",
            evaluated_on=date(2025, 8, 8),
            evaluator="dag" if name != "hugo" else "carla",
            result="effective",
            findings=f"{SEEN[place]}; {9 if place % 3 else 10} of 10 cases as the panel.",
        )
        doors.step(f"training-{name}", "astrid", "approve")


def _qualified(doors: Doors) -> None:
    for leader in (True, False):  # top management is not approved by itself
        rows: dict[str, Row] = {}
        for name, (full_name, role) in PEOPLE.items():
            if (role == "top-management") is leader:
                rows[f"qualified-{name}"] = _qualification(name, full_name, role)
        doors.import_rows("carla", "qualification", rows)
        for row in rows:
            doors.approve("carla", "dag" if row != "qualified-dag" else "astrid", row)


def _qualification(name: str, full_name: str, role: str) -> Row:
    taught = name in TAUGHT
    return {
        "title": f"{full_name}: {COMPETENCE[role].removeprefix('cmt-')}",
        "competence": COMPETENCE[role],
        "person": name,
        "ways": ["training", "experience"] if taught else ["education", "experience"],
        "evidence": "Sheet of the cases of 8 August in the personnel file, seen by Dag Holt."
        if taught
        else "Certificate and two references in the personnel file, seen by Hugo Bakke on 4 August.",
        "trainings": [f"training-{name}"] if taught else [],
        "shown_on": date(2025, 8, 8),
        "valid_until": date(2027, 1, 31),
        "owner": "hugo" if name != "hugo" else "carla",
    }


def _aware(doors: Doors, name: str, day: date, invited: int, reached: int, asked: int, knew: int) -> None:
    row = {
        "title": f"AI policy, your part and what happens otherwise, {day.year}",
        "topics": ["policy", "contribution", "consequences", "concerns", "incidents", "rules of use"],
        "audience": "Everybody who works for us, technicians under contract included.",
        "channel": "meeting",
        "content": "Policy, three cases in which somebody was right to stop a system, how to raise a "
        "concern.",
        "done_on": day,
        "invited": invited,
        "reached": reached,
        "asked": asked,
        "knew": knew,
        "seen": f"Three questions to {asked} people drawn by lot, a week later; teams that knew less "
        "are met again.",
        "next_due": date(day.year + 1, 9, 1),
        "owner": "hugo",
    }
    doors.take_in("carla", "dag", "awareness", {name: row})
