"""Cases of the checks on what people are told of AI systems. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample, case
from plumbline.controls.library.cases.context_samples import obligation
from plumbline.controls.library.cases.life_cycle import deployment, release
from plumbline.controls.library.cases.samples import (
    component,
    dataset,
    draft,
    in_force,
    longest,
    row_of,
    sighting,
    system,
)

_CONTENT = {
    "system": "SYS-0001",
    "purpose": "Sorts claims by urgency.",
    "lifecycle": "in operation",
    "autonomy": "suggests",
    "effect": "direct",
}


def notice(reference: str = "NTC-1", **more: Any) -> Sample:
    """An approved notice of SYS-0001 to its users and those it touches, given since January."""
    fields = {
        "system": "SYS-0001",
        "about": "system",
        "audience": ["users", "affected"],
        "covers": ["ai", "purpose", "limits", "contest"],
        "text": "A program proposes how urgent your claim is; a person decides.",
        "obligations": [],
        "components": [],
        "datasets": [],
        "delivered_on": "2026-01-20",
        "delivery_evidence": "Template L-12 and the log of the dispatch of January.",
        "content": _CONTENT,
        "next_review": "2027-01-20",
    }
    return row_of("information-notice", reference, state="approved", fields=fields, more=more)


_PARTS = {"CMP-1": "version:4", "DST-1": "sha256:ab"}
_OF_PARTS = notice(components=["CMP-1"], datasets=["DST-1"], content={**_CONTENT, "parts": _PARTS})
_MODEL, _DATA = component(digest=""), dataset(version="7", digest="ab")
_NEWER = dataset(version="7", digest="cd")


def _runs(reference: str, digest: str, state: str = "live", of: str = "SYS-0001") -> tuple[Sample, Sample]:
    """A release made of DST-1 with this digest, and its deployment."""
    made_of = {"frozen": "2026-01-10T09:00:00Z", "dataset": {"DST-1": f"sha256:{digest}"}}
    deployed = deployment(f"DPL-{reference}", release=reference, state=state, system=of)
    return release(reference, content=made_of), deployed


_LATE = notice("NTC-2", next_review="2026-03-02")
_STALE = notice(content={**_CONTENT, "purpose": "Sorts letters by topic."})
_HALF = notice(covers=["ai", "purpose"])
_EARLIER = {"lifecycle": "planned", "effect": "indirect"}
_OTHER = system("SYS-0002", slug="chat")
_QUIET = system(effect="none")
NOTICES_GIVEN = (
    case("nothing", "There are none", _QUIET, notice()),
    case("fails", "SYS-0001 has no approved notice to those", system(), named=("SYS-0001",)),
    case("fails", "has no approved notice", system(), draft(notice())),
    case("fails", "has no approved notice", system(), notice(audience=["affected"])),
    case("fails", "has no approved notice", system(), notice(about="incident")),
    case("fails", "1 of 2", system(), _OTHER, notice(), named=("SYS-0002",)),
    case("fails", "chat is not registered", sighting("chat"), notice()),
    case("fails", "SYS-0001 is not approved", draft(system()), notice()),
    case("passes", "Of 1 of 1 live systems", system(), notice()),
    case("fails", "do not tell its limits or how to contest", system(), _HALF),
    # two notices can share out what is told
    case("passes", "1 of 1", system(), _HALF, notice("NTC-2", covers=["limits", "contest"])),
    case("fails", "NTC-1, which was written before purpose of the system changed", system(), _STALE),
    case("fails", "life cycle and effect on people", system(), notice(content={**_CONTENT, **_EARLIER})),
    case("fails", "was written before", system(), notice(content={})),
    case("passes", "1 of 1", system(), _STALE, notice("NTC-2")),
    # what it speaks of: the digest decides, else the version; other parts of the system are not its matter
    case("passes", "1 of 1", system(), _OF_PARTS, _MODEL, _DATA),
    case("passes", "1 of 1", system(), _OF_PARTS, _MODEL, dataset(version="8", digest="ab")),
    case("passes", "1 of 1", system(), _OF_PARTS, _MODEL, _DATA, component("CMP-2", digest="")),
    case(
        "fails", "NTC-1, which was written before DST-1 changed", system(), _OF_PARTS, _MODEL,
        _NEWER,
    ),
    case(
        "fails", "written before CMP-1 and DST-1 changed", system(), _OF_PARTS,
        component(version="5", digest=""),
    ),
    # what runs is what counts, and not what was approved since or is no longer in use
    case("passes", "1 of 1", system(), _OF_PARTS, _MODEL, _NEWER, *_runs("RLS-1", "ab")),
    case("passes", "1 of 1", system(), _OF_PARTS, _MODEL, _NEWER, *_runs("RLS-1", "ab", "staged")),
    case(
        "fails", "before DST-1 changed", system(), _OF_PARTS, _MODEL, _NEWER,
        *_runs("RLS-1", "ab", "ended"),
    ),
    case("fails", "before DST-1 changed", system(), _OF_PARTS, _MODEL, _DATA, *_runs("RLS-1", "cd")),
    case("passes", "1 of 1", system(), _OF_PARTS, _MODEL, _DATA, *_runs("RLS-1", "cd", of="SYS-0002")),
    case(
        "fails", "before DST-1 changed", system(), _OF_PARTS, _MODEL, _NEWER,
        *_runs("RLS-1", "ab"), *_runs("RLS-2", "cd", "staged"),
    ),
    # a release stays what it was
    case(
        "passes", "1 of 1", system(),
        notice(content={**_CONTENT, "parts": {"RLS-1": "sha256:ef"}}, releases=["RLS-1"]),
    ),
    # what one person writes of the system makes no notice true or untrue
    case("passes", "1 of 1", in_force(system()), draft(system(purpose="Decides claims.")), notice()),
    case("fails", "not said to have reached anybody", system(), notice(delivered_on=None)),
    case("fails", "next to nothing of the evidence of delivery", system(), notice(delivery_evidence="yes")),
    case("fails", "NTC-2, which was due for review on 2 Mar 2026", system(), _LATE),
    case("passes", "1 of 1", system(), notice(next_review="2026-03-03")),
    case("fails", "later than in 13 months", system(), notice(next_review="2027-04-04")),
    case(
        "fails", "later than in 6 months", system(), notice(),
        longest("information-notice.next_review", 6),
    ),
)  # fmt: skip
_DUTY: dict[str, Any] = {"controls": ["iso42001:A.8.5"]}
_MEETS = notice("NTC-2", audience=["authorities"], about="incident", obligations=["OBL-1"])
_OF_QUIET = notice(content={**_CONTENT, "effect": "none"}, obligations=["OBL-1"])
PARTIES_TOLD = (
    case("nothing", "There are none", _QUIET, obligation(controls=[]), notice()),
    case("passes", "Of 1 of 1 systems and duties", system(), notice()),
    case("fails", "SYS-0001 has no approved notice", system(), notice(audience=["users"])),
    case("fails", "SYS-0001 has no approved notice", system(), notice(audience=["workers", "partners"])),
    case("passes", "1 of 1", system(), notice(audience=["public"])),
    case("fails", "is not approved", draft(system()), notice()),
    case("fails", "OBL-1 has no approved notice", _QUIET, obligation(**_DUTY), notice(), named=("OBL-1",)),
    case("passes", "1 of 1", _QUIET, obligation(**_DUTY), _OF_QUIET),
    case("passes", "2 of 2", system(), notice(), obligation(**_DUTY), _MEETS),
    case("fails", "OBL-1 is not approved", system(), notice(), draft(obligation(**_DUTY)), _MEETS),
    # a draft that drops the duty takes it out of nothing
    case("fails", "1 of 2", system(), notice(), in_force(obligation(**_DUTY)), draft(obligation())),
    case("fails", "about a system that is not approved", obligation(**_DUTY), _MEETS),
)  # fmt: skip
