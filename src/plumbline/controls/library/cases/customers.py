"""Cases of the check on customers. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import case
from plumbline.controls.library.cases.context_samples import obligation, party
from plumbline.controls.library.cases.notices import notice
from plumbline.controls.library.cases.samples import draft, in_force, system

_OURS: dict[str, Any] = {"roles": ["provider"]}
_TOLD = notice(audience=["customers"])
_BUYER = party(type="customers")
_DECLINED = party(type="customers", declined="Nothing of it is ours.")
CUSTOMERS_ANSWERED = (
    case("nothing", "There are none", system(), party(), notice()),
    case("passes", "1 of 1 supplied systems", system(**_OURS), _TOLD),
    case("fails", "SYS-0001 has no approved notice", system(**_OURS), notice(), named=("SYS-0001",)),
    case("fails", "was written before", system(**_OURS, purpose="Sorts letters by topic."), _TOLD),
    case("fails", "SYS-0001 is not approved", draft(system(**_OURS)), _TOLD),
    # a draft that gives up the role takes the system out of nothing
    case("fails", "0 of 1", in_force(system(**_OURS)), draft(system()), notice()),
    case("passes", "1 of 1", _BUYER, obligation()),
    case("fails", "PTY-1 expects something", _BUYER, named=("PTY-1",)),
    case("fails", "expects something", _BUYER, draft(obligation())),
    case("fails", "expects something", _BUYER, obligation(how="-")),
    case("fails", "expects something", _BUYER, obligation(ends_on="2026-03-02")),
    case("passes", "1 of 1", _BUYER, obligation(ends_on="2026-03-03")),
    case("fails", "expects something", _DECLINED, obligation(party="PTY-2")),
    case("fails", "PTY-1 is not approved", draft(_BUYER), obligation()),
    case("fails", "was due for review", party(type="customers", next_review="2026-03-02"), obligation()),
)  # fmt: skip
