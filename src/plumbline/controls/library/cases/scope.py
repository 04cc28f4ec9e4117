"""Cases of the checks on the scope. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.context_samples import scope
from plumbline.controls.library.cases.samples import (
    draft,
    in_force,
    longest,
    sighting,
    system,
)

SCOPE_APPROVED = (
    case("fails", "Scope of the AIMS is not approved", named=("scope of the AIMS",), denominator=1),
    case("passes", "1 of 1", scope()),
    case("fails", "is not approved", draft(scope())),
    case("fails", "SCP-1 lacks sites", scope(sites="")),
    case("fails", "says next to nothing of boundaries", scope(boundaries="all")),
    case("fails", "was due for review on 2 Mar", scope(next_review="2026-03-02")),
    case("passes", "1 of 1", scope(next_review="2026-03-03")),
    case("fails", "later than in 13 months", scope(next_review="2027-05-01")),
    case("fails", "later than in 3 months", scope(), longest("scope.next_review", 3)),
    # of two the one approved last speaks
    case(
        "fails",
        "SCP-2 lacks sites",
        *(scope(), scope("SCP-2", sites="", approved_at="2026-02-01T00:00:00Z")),
    ),
)
CLIMATE_DECIDED = (
    case("fails", "Decision on climate change is in no approved scope", denominator=1),
    case("passes", "1 of 1", scope()),
    case("passes", "1 of 1", scope(climate="no")),
    case("fails", "is in no approved scope", draft(scope())),
    case("fails", "stands in SCP-1, which lacks why", scope(climate_reason="")),
    case("fails", "stands in SCP-1, which was due for review", scope(next_review="2026-03-02")),
)
_OTHER = scope(content={"ai-system": [{"reference": "SYS-0002", "within": True, "roles": []}]})
SYSTEMS_IN_SCOPE = (
    case("nothing", "There are none: live AI systems.", scope(), population=0),
    case("passes", "1 of 1", scope(), system()),
    case("fails", "SYS-0001 is in no approved scope", system()),
    case("fails", "SYS-0001 is neither within SCP-1 nor left out of it", _OTHER, system()),
    case("fails", "chat is neither within SCP-1", scope(), sighting("chat")),
    case("fails", "is neither within SCP-1", scope(content={}), system()),
    # a draft of the scope takes in nobody
    case("fails", "is neither within", draft(scope()), in_force(_OTHER), system()),
)
