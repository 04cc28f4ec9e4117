"""Every page there is, with sample values for what stands in its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.conftest import House

POSTED = {
    "theme",
    "sidebar",
    "hide-steps",
    "record-move",
    "record-comment",
    "record-link",
    "record-attach",
    "verify-now",
    "import-confirm",
    "import-discard",
    "gather-inputs",
    "sighting-dismiss",
    "pack-retry",
    "pack-file",
}
"""Addresses that answer to POST only."""

FILES = {
    "record-export",
    "record-file",
    "trail-proof",
    "checkpoint",
    "event-proof",
    "statement-csv",
    "import-faulty",
    "import-map",
}
"""Addresses that answer with something other than a page."""


def samples(house: House) -> dict[str, tuple[object, ...]]:
    """The values of every named address of the pages, for the furnished organization."""
    reference = house.references["nonconformity"]
    return {
        "home": (),
        "controls": (),
        "control": ("A.6.2.6",),
        "clauses": (),
        "requirement": ("iso42001:6.1.4",),
        "checks": (),
        "check": ("error-rate", "claims-triage"),
        "result": (house.result,),
        "evidence": (),
        "segments": (),
        "segment": (house.segment,),
        "event": (house.event,),
        "event-proof": (house.event,),
        "nonconformities": (),
        "my-work": (),
        "search": (),
        "help": (),
        "components": (),
        "theme": (),
        "sidebar": (),
        "hide-steps": (),
        "records": (),
        "record-list": ("ai-systems",),
        "record-new": ("ai-systems",),
        "record-export": ("ai-systems",),
        "record": (reference,),
        "record-edit": (reference,),
        "record-history": (reference,),
        "record-move": (reference, "confirm"),
        "record-comment": (reference,),
        "record-link": (reference,),
        "record-attach": (reference,),
        "record-file": (reference, 1),
        "imports": (),
        "import": (house.imported,),
        "import-columns": (house.imported,),
        "import-confirm": (house.imported,),
        "import-discard": (house.imported,),
        "import-faulty": (house.imported,),
        "import-map": (house.imported,),
        "sightings": (),
        "sighting-dismiss": ("unknown-bot",),
        "statement": (),
        "statement-csv": (),
        "review-inputs": (house.references["review"],),
        "gather-inputs": (house.references["review"],),
        "packs": (),
        "pack": (house.pack,),
        "pack-retry": (house.pack,),
        "pack-file": (house.pack,),
        "trail": (),
        "verification": (),
        "verify-now": (),
        "checkpoint": (),
        "trail-entry": (0,),
        "trail-proof": (0,),
    }


QUERIES = (
    "/controls/?state=Degraded",
    "/trail/?type=record.created",
    "/search/?q=photos",
    "/checks/?word=Within",
)
"""Pages that look different with a query."""


def pages(house: House) -> list[str]:
    """Every page that is read with GET, as an address."""
    from django.urls import reverse

    from plumbline.records import kinds

    found = [reverse(name, args=args) for name, args in samples(house).items() if name not in POSTED | FILES]
    for kind in kinds.all_kinds():
        found += [reverse("record-list", args=[kind.plural]), reverse("record-new", args=[kind.plural])]
    found += [reverse("record", args=[reference]) for reference in house.references.values()]
    found += [reverse("requirement", args=["nist-ai-rmf:MEASURE 2.4"]), reverse("control", args=["A.8.5"])]
    return list(dict.fromkeys([*found, *QUERIES]))
