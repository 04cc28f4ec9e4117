"""What a system needs before it goes live, by its tier; what its tier is follows from its record. Pure.

No date is read here: whoever asks says what day it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from plumbline.kernel import acceptance_lines as lines
from plumbline.kernel import release_parts as parts
from plumbline.kernel.messages import Message, Ref, Word, listing, say

Row = Mapping[str, Any]


class Tier(IntEnum):
    """How much rigour a system asks for."""

    BASIC = 1
    RAISED = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """The tier as pages and reports write it."""
        return self.name.lower()


PROHIBITED = "prohibited practice"
_HIGH_CLASSES = frozenset({"high-risk product", "high-risk use"})
_UNKNOWN = "unknown"


def tier(system: Row) -> Tier:
    """The tier of a system by its effect on people, its autonomy, its data and its class in law.

    What nobody has said counts as the graver answer: a system registered with four fields is not *basic*.
    """
    effect, autonomy = system["effect"] or _UNKNOWN, system["autonomy"] or _UNKNOWN
    if system["eu_class"] in _HIGH_CLASSES or effect == "legal or similar":
        return Tier.HIGH
    if effect in ("direct", _UNKNOWN) and autonomy in ("acts alone", _UNKNOWN):
        return Tier.HIGH
    if effect in ("direct", _UNKNOWN) or "special category" in (system["data_classes"] or ()):
        return Tier.RAISED
    return Tier.BASIC


VALIDATIONS: Mapping[Tier, tuple[str, ...]] = {
    Tier.BASIC: ("test",),
    Tier.RAISED: ("test", "bias"),
    Tier.HIGH: ("test", "bias", "red team"),
}
"""Types of validation that a release has to have passed, by tier."""
TYPES = {"test": Word("test"), "bias": Word("look at bias"), "red team": Word("red team")}
NO_RELEASE: Row = {"reference": "", "version": "", "content": {}}
"""In the place of a release, of a system that has none yet."""
_GO = frozenset({"go ahead", "go ahead with conditions"})


@dataclass(frozen=True)
class Known:
    """What is in force about a release and its system: rows, of this system only.

    ``drafts`` are what else is written of the system: it makes a tier graver and never milder.
    ``validations`` are those confirmed, and those that failed and were not confirmed. ``risks`` are those
    that have not ended, in force or not; ``accepted`` the references of those whose acceptance is in force,
    with the last day of it. ``release`` is `NO_RELEASE` while none is prepared.
    """

    system: Row
    release: Row
    drafts: tuple[Row, ...] = ()
    specifications: tuple[Row, ...] = ()
    assessments: tuple[Row, ...] = ()
    validations: tuple[Row, ...] = ()
    risks: tuple[Row, ...] = ()
    accepted: Mapping[str, str] | None = None

    @property
    def tier(self) -> Tier:
        """The gravest tier that anything written of the system gives it."""
        return max(tier(row) for row in (self.system, *self.drafts))


@dataclass(frozen=True)
class Need:
    """One thing that the tier asks for: its name, whether it is there, and the sentence that says so."""

    name: str
    met: bool
    message: Message


def needs(known: Known, today: date) -> tuple[Need, ...]:
    """All that the tier of the system asks for before this release goes live, met or not, in order."""
    wanted = known.tier
    found = [_law(known), _specification(known, today), _impact(known, today), *_validations(known, wanted)]
    found += [_requirements(known, today), _risks(known, wanted, today)]
    if wanted > Tier.BASIC:
        found.append(_oversight(known))
    return tuple(found)


def unmet(found: Iterable[Need]) -> tuple[Need, ...]:
    """Those that are not there."""
    return tuple(need for need in found if not need.met)


def _law(known: Known) -> Need:
    law, reference = known.system["eu_class"], Ref(known.system["reference"])
    if PROHIBITED in {law, *(row["eu_class"] for row in known.drafts)}:
        text = "{system} is classed as a prohibited practice. It must not go live."
        return Need("law", False, say("golive.prohibited", text, system=reference))
    if law == "not decided" and {"european union", "world"} & {*known.system["regions"]}:
        text = "Nobody has decided the class of {system} under the EU AI Act, and it works there."
        return Need("law", False, say("golive.undecided", text, system=reference))
    return Need("law", True, say("golive.law", "{system} is no prohibited practice.", system=reference))


def _in_date(row: Row, today: date) -> bool:
    return not row["next_review"] or date.fromisoformat(row["next_review"]) >= today


def _specification_in_force(known: Known, today: date) -> Row | None:
    # The newest, or none: once it is overdue an older one, which may ask for less, does not take its place.
    newest = max(known.specifications, key=lambda row: str(row["approved_at"]), default=None)
    return newest if newest is not None and _in_date(newest, today) else None


def _specification(known: Known, today: date) -> Need:
    row, name = _specification_in_force(known, today), "specification"
    if row is None:
        system = Ref(known.system["reference"])
        text = "No approved specification in date says what {system} shall do."
        return Need(name, False, say("golive.no-specification", text, system=system))
    text = "{record} says what it shall do."
    return Need(name, True, say("golive.specification", text, record=Ref(row["reference"])))


def _impact(known: Known, today: date) -> Need:
    version, name = known.release["version"], "impact"
    about = [row for row in known.assessments if row["version"] == version]
    row = max(about, key=lambda one: (str(one["assessed_on"]), one["reference"]), default=None)
    if not version:
        return Need(
            name, False, say("golive.no-impact-yet", "No approved impact assessment is of a release.")
        )
    if row is None:
        text = "No approved impact assessment is of release {version}."
        return Need(name, False, say("golive.no-impact", text, version=version))
    reference = Ref(row["reference"])
    if row["conclusion"] not in _GO:
        text = "{record} does not conclude to go ahead."
        return Need(name, False, say("golive.impact-against", text, record=reference))
    if not _in_date(row, today):
        text = "{record} was to be made again by now."
        return Need(name, False, say("golive.impact-late", text, record=reference))
    text = "{record} assesses this release and concludes to go ahead."
    return Need(name, True, say("golive.impact", text, record=reference))


def holds_for(validation: Row, release: Row) -> bool:
    """Whether what was tested is what the release is made of, in every part that the result depends on."""
    depends = tuple(validation["depends_on"]) or parts.PARTS
    tested = validation["content"].get("parts", "")
    return bool(tested) and tested == parts.digest(release["content"], depends)


def counting(known: Known) -> list[Row]:
    """The validations that are of these digests."""
    return [row for row in known.validations if holds_for(row, known.release)]


def _validations(known: Known, wanted: Tier) -> list[Need]:
    return [_validation(known, type_) for type_ in VALIDATIONS[wanted]]


def _validation(known: Known, type_: str) -> Need:
    name, rows = f"validation: {type_}", [row for row in counting(known) if row["type"] == type_]
    failed = [Ref(row["reference"]) for row in rows if row["verdict"] != lines.PASSED]
    if failed:
        text = say("golive.failed", "{records} did not keep the limits set.", records=listing(failed))
        return Need(name, False, text)
    if not rows:
        text = say(
            "golive.not-validated",
            "No confirmed {type} is of the digests of this release.",
            type=TYPES[type_],
        )
        return Need(name, False, text)
    text = say("golive.passed", "{records} kept the limits set.", records=_listed(rows))
    return Need(name, True, text)


def _listed(rows: Iterable[Row]) -> Any:
    return listing([Ref(row["reference"]) for row in rows])


def _requirements(known: Known, today: date) -> Need:
    row = _specification_in_force(known, today)
    asked = set(lines.requirements(row["asked"]) or ()) if row is not None else set()
    passed = [one for one in counting(known) if one["verdict"] == lines.PASSED]
    tested: set[str] = set().union(*(lines.tested_ids(one["limits"]) for one in passed))
    untested = sorted(asked - tested)
    if not asked:
        return Need("requirements", False, say("golive.no-requirements", "No requirement is in force."))
    if untested:
        names = listing([Word(name) for name in untested])
        text = "Requirements that no validation of these digests has shown to be met: {names}."
        return Need("requirements", False, say("golive.untested", text, names=names))
    shown = say("golive.tested", "Each requirement was validated: {count}.", count=len(asked))
    return Need("requirements", True, shown)


def _risks(known: Known, wanted: Tier, today: date) -> Need:
    accepted = known.accepted or {}
    open_ = [
        row
        for row in known.risks
        if row["reference"] not in accepted or not _lasts(accepted[row["reference"]], today)
    ]
    if open_:
        text = say("golive.risks-open", "Not treated and accepted: {records}.", records=_listed(open_))
        return Need("risks", False, text)
    if not known.risks and wanted > Tier.BASIC:
        text = say(
            "golive.no-risks", "No risk of {system} is recorded.", system=Ref(known.system["reference"])
        )
        return Need("risks", False, text)
    text = say("golive.risks", "Risks treated and accepted: {count}.", count=len(known.risks))
    return Need("risks", True, text)


def _lasts(until: str, today: date) -> bool:
    return not until or date.fromisoformat(until) >= today


def _oversight(known: Known) -> Need:
    reference = Ref(known.system["reference"])
    if known.system["human_oversight"] and known.system["stop_procedure"]:
        text = "{system} says who watches it and how it is stopped."
        return Need("oversight", True, say("golive.oversight", text, system=reference))
    text = "{system} does not say who watches it or how it is stopped."
    return Need("oversight", False, say("golive.no-oversight", text, system=reference))
