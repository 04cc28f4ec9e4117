"""Cases of the checks on responsible development. Today is 3 March 2026; SYS-0001 was made here."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample, case
from plumbline.controls.library.cases.life_cycle import specification as specified
from plumbline.controls.library.cases.samples import document, draft, longest, objective, sighting, system


def specification(reference: str = "SPC-1", **more: Any) -> Sample:
    """An approved specification of SYS-0001 that carries OBJ-1 and says how it was designed."""
    fields = {"objectives": ["OBJ-1"], "design": "Boosted trees, since their reasons can be shown."}
    return specified(reference, **{**fields, **more})


def guiding(reference: str = "OBJ-1", **more: Any) -> Sample:
    """An approved objective that guides the development of every system."""
    return objective(reference, **{"guides": ["development"], "systems": [], **more})


def account(reference: str = "DOC-1", **more: Any) -> Sample:
    """An approved document about the design of SYS-0001."""
    fields = {"type": "design", "requirements": ["iso42001:A.6.2.3"], "systems": ["SYS-0001"]}
    return document(reference, **{**fields, **more})


_NEWER = {"approved_at": "2026-03-01T00:00:00Z"}
DEVELOPMENT_GUIDED = (
    case("nothing", "There are none: live AI systems developed", guiding(), specification(), population=0),
    case("nothing", "There are none: live AI systems developed", system(sourcing="bought"), population=0),
    case("passes", "1 of 1", system(), guiding(), specification()),
    case("passes", "1 of 1", system(sourcing="contracted", technique="rules"), guiding(), specification()),
    case("fails", "SYS-0001 has no approved objective that guides", system(), specification(), denominator=1),
    case("fails", "no approved objective", system(), draft(guiding()), specification()),
    # an objective of the business, or of use, guides no development
    case("fails", "no approved objective", system(), guiding(guides=[]), specification()),
    case("fails", "no approved objective", system(), guiding(guides=["use"]), specification()),
    case("passes", "1 of 1", system(), guiding(guides=["use", "development"]), specification()),
    case("passes", "1 of 1", system(), guiding(systems=["SYS-0001"]), specification()),
    case("fails", "no approved objective", system(), guiding(systems=["SYS-0002"]), specification()),
    case("fails", "no approved objective", system(), guiding(outcome="missed"), specification()),
    case(
        "fails", "OBJ-1 alone, which was due on 2 Mar 2026",
        *(system(), guiding(due="2026-03-02"), specification()),
    ),
    case("passes", "1 of 1", system(), guiding(due="2026-03-03"), specification()),
    case("fails", "has no approved specification", system(), guiding()),
    case("fails", "SPC-1, which carries none of OBJ-1", system(), guiding(), specification(objectives=[])),
    case("fails", "carries none of OBJ-1", system(), guiding(), specification(objectives=["OBJ-2"])),
    # one that was carried and is over guides nothing any more
    case(
        "fails", "SPC-1, which carries none of OBJ-2",
        *(system(), guiding(outcome="reached"), guiding("OBJ-2"), specification()),
    ),
    # the newest specification counts
    case(
        "fails", "SPC-2, which carries none",
        *(system(), guiding(), specification(), specification("SPC-2", objectives=[], **_NEWER)),
    ),
    case("fails", "chat is not registered", guiding(), specification(), sighting("chat")),
    case("fails", "SYS-0001 is not approved", draft(system()), guiding(), specification()),
)  # fmt: skip
DESIGN_DOCUMENTED = (
    case("nothing", "There are none: live AI systems developed", specification(), population=0),
    case("passes", "1 of 1", system(), specification()),
    case("passes", "1 of 1", system(), account()),
    case("passes", "1 of 1", system(), account(type="report")),
    case("fails", "SYS-0001 has no approved account of its design", system(), denominator=1),
    case("fails", "has no approved account", system(), draft(specification())),
    case("fails", "has no approved account", system(), specification(system="SYS-0002")),
    case("fails", "SPC-1, which says too little of the design", system(), specification(design="")),
    case("fails", "says too little of the design", system(), specification(design="As usual.")),
    case("fails", "no approved account of its design", system(), specification(next_review="2026-03-02")),
    case("fails", "no approved account", system(), account(systems=[])),
    case("fails", "no approved account", system(), account(systems=["SYS-0002"])),
    case("fails", "no approved account", system(), account(requirements=["iso42001:A.6.2.7"])),
    case("fails", "no approved account", system(), account(type="instructions")),
    case("fails", "no approved account", system(), account(origin="external")),
    case("fails", "in DOC-1, which was due for review on 2 Mar", system(), account(next_review="2026-03-02")),
    case("fails", "later than in 6 months", system(), account(), longest("document.next_review", 6)),
    case("passes", "1 of 1", system(), account(next_review="2026-03-02"), specification()),
    case("fails", "chat is not registered", specification(), sighting("chat")),
    case("fails", "SYS-0001 is not approved", draft(system()), specification()),
)  # fmt: skip
