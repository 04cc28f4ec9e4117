"""Cases of the checks on the life cycle. Today is 3 March 2026; SYS-0001 is of the raised tier."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample, case
from plumbline.controls.library.cases.samples import draft, row_of, sighting, system
from plumbline.kernel import release_parts

_CONTENT: dict[str, Any] = {
    "model": {"CMP-1": "sha256:" + "1" * 64},
    "dataset": {"DST-1": "version:2026-01"},
    "purpose": {"SYS-0001": release_parts.text_identity("Sorts claims by urgency.")},
}


def specification(reference: str = "SPC-1", **more: Any) -> Sample:
    """An approved specification of SYS-0001 with two requirements."""
    fields = {
        "system": "SYS-0001",
        "need": "Handlers find urgent claims first.",
        "use": "The desk in Bergen; a form goes in, an urgency comes out.",
        "asked": "R1: sorts claims | 95 of 100\nR2: is even | 3 points apart at most",
        "objectives": [],
        "design": "",
        "next_review": "2026-12-01",
        "approved_at": "2026-01-05T00:00:00Z",
    }
    return row_of("specification", reference, state="approved", fields=fields, more=more)


def release(reference: str = "REL-1", **more: Any) -> Sample:
    """An approved release of SYS-0001."""
    fields = {"system": "SYS-0001", "version": "4.2", "content": _CONTENT}
    return row_of("release", reference, state="approved", fields=fields, more=more)


def deployment(reference: str = "DPL-1", **more: Any) -> Sample:
    """A deployment of REL-1 that is live."""
    fields = {"system": "SYS-0001", "release": "REL-1"}
    return row_of("deployment", reference, state="live", fields=fields, more=more)


def validation(reference: str = "VLD-1", type_: str = "test", **more: Any) -> Sample:
    """A confirmed validation of REL-1 that passed, and depends on model and data."""
    depends = more.pop("depends_on", ["model", "dataset"])
    content = more.pop("content", _CONTENT)
    fields = {
        "system": "SYS-0001",
        "release": "REL-1",
        "type": type_,
        "depends_on": depends,
        "limits": "R1 share >= 0.95\nR2 difference <= 3 points",
        "verdict": "passed",
        "content": {"parts": release_parts.digest(content, depends), "limits set": "2026-01-06"},
    }
    return row_of("validation", reference, state="confirmed", fields=fields, more=more)


def _newer(**more: Any) -> Sample:
    """A second specification of the same system, approved last."""
    return specification("SPC-2", approved_at="2026-03-01T00:00:00Z", **more)


SYSTEMS_SPECIFIED = (
    case("nothing", "There are none: live AI systems.", specification(), population=0),
    case("passes", "1 of 1", system(), specification()),
    case("fails", "SYS-0001 has no approved specification", system(), denominator=1),
    case("fails", "has no approved specification", system(), specification(system="SYS-0002")),
    case("fails", "has no approved specification", system(), draft(specification())),
    case("fails", "SPC-1, which lacks its intended use", system(), specification(use="")),
    # the newest counts, also where an older one says more
    case("fails", "SPC-2, which lacks its intended use", system(), specification(), _newer(use="")),
    case("fails", "which was due for review on 2 Mar", system(), specification(next_review="2026-03-02")),
    case("fails", "later than in 24 months", system(), specification(next_review="2028-05-01")),
    case("fails", "chat is not registered", specification(), sighting("chat")),
    case("fails", "SYS-0001 is not approved", draft(system()), specification()),
)  # fmt: skip
_LIVE = (system(), release(), deployment())
RELEASES_DEPLOYED = (
    case("nothing", "There are none: live AI systems.", release(), deployment(), population=0),
    case("passes", "1 of 1", *_LIVE),
    case("passes", "1 of 1", system(), release(), deployment(state="staged")),
    case("fails", "SYS-0001 is live by no approved deployment", system(), release(), denominator=1),
    case("fails", "is live by no approved", system(), release(), deployment(state="approved")),
    case("fails", "is live by no approved", system(), release(), deployment(state="ended")),
    case("fails", "is live by no approved", system(), release(), draft(deployment())),
    case("fails", "was rolled back by DPL-1", system(), release(), deployment(state="rolled back")),
    case("fails", "runs REL-1, not approved any more", system(), deployment()),
    case("fails", "chat is not registered", *_LIVE, sighting("chat")),
)  # fmt: skip
_OTHER_MODEL = {**_CONTENT, "model": {"CMP-1": "sha256:" + "2" * 64}}
_OTHER_PURPOSE = {**_CONTENT, "purpose": {"SYS-0001": "sha256:" + "3" * 64}}
_BIAS = validation("VLD-2", "bias")
RELEASES_VALIDATED = (
    case("nothing", "There are none: live AI systems.", release(), deployment(), validation(), population=0),
    case("passes", "1 of 1", *_LIVE, specification(), validation(), _BIAS),
    case("fails", "SYS-0001 is live by no approved deployment", system(), denominator=1),
    case("fails", "no test or look at bias was confirmed", *_LIVE, specification()),
    case(
        "fails", "these requirements were not validated: R9",
        *(*_LIVE, specification(), _newer(asked="R9: says why | 9 of 10"), validation(), _BIAS),
    ),
    case("fails", "no look at bias was confirmed", *_LIVE, specification(), validation()),
    case("fails", "no test was confirmed", *_LIVE, specification(), draft(validation()), _BIAS),
    case("fails", "no test was confirmed", *_LIVE, specification(), validation(content=_OTHER_MODEL), _BIAS),
    # what a result does not depend on may differ
    case("passes", "1 of 1", *_LIVE, specification(), validation(content=_OTHER_PURPOSE), _BIAS),
    case(
        "fails", "no test was confirmed",
        *(*_LIVE, specification(), validation(content=_OTHER_PURPOSE, depends_on=[*_CONTENT]), _BIAS),
    ),
    case("fails", "failed VLD-1", *_LIVE, specification(), validation(verdict="failed"), _BIAS),
    case(
        "fails", "failed VLD-3",
        *(*_LIVE, specification(), validation(), _BIAS, validation("VLD-3", "acceptance", verdict="failed")),
    ),
    case(
        "fails", "no red team was confirmed",
        *(system(effect="legal or similar"), release(), deployment(), specification(), validation(), _BIAS),
    ),
    case("passes", "1 of 1", system(effect="none"), release(), deployment(), specification(), validation()),
    case("fails", "has no approved specification", *_LIVE, validation(), _BIAS),
    case(
        "fails", "were not validated: R2",
        *(*_LIVE, specification(), validation(limits="R1 share >= 0.95"),
          validation("VLD-2", "bias", limits="R1 share >= 0.95")),
    ),
)  # fmt: skip
