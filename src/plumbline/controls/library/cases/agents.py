"""Cases of the check on agents. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample, case
from plumbline.controls.library.cases.samples import component, draft, in_force, person, system


def agent(reference: str = "CMP-1", **more: Any) -> Sample:
    """An approved agent of SYS-0001 that may use CMP-2, and that per_1 may stop."""
    limits: dict[str, Any] = {
        "type": "agent",
        "tools": ["CMP-2"],
        "amount_limits": "At most 50 euros a case and 20 cases a day.",
        "data_limits": "Reads claims, writes notes; sends nothing out.",
        "stopped_by": "per_1",
        "stop_how": "Switch in the console; open cases go to handlers.",
    }
    return component(reference, **{**limits, **more})


_TOOL = component("CMP-2", type="tool", systems=[])
_RULES = component("CMP-3", type="rules")
_HERE = person("per_1")
_WORLD = (system(), _TOOL, _HERE)
AGENTS_LIMITED = (
    case("nothing", "There are none", system(), component(), _TOOL, _HERE),
    case("nothing", "There are none", system(lifecycle="retired"), agent(), _TOOL, _HERE),
    case("passes", "1 of 1 agents have limits", *_WORLD, agent(), population=1),
    case("fails", "CMP-1 is not approved", *_WORLD, draft(agent()), named=("CMP-1",)),
    # no system of an agent may be any
    case("passes", "1 of 1", *_WORLD, agent(systems=[])),
    case("fails", "lacks the tools that it may use", *_WORLD, agent(tools=[])),
    case("fails", "may use CMP-2, which is not approved as a tool", system(), _HERE, agent(), draft(_TOOL)),
    case("fails", "may use CMP-3", *_WORLD, agent(tools=["CMP-2", "CMP-3"]), _RULES),
    case("passes", "1 of 1", *_WORLD, agent(tools=["CMP-3"]), component("CMP-3", type="server", systems=[])),
    case("fails", "lacks limits of amount", *_WORLD, agent(amount_limits="")),
    case("fails", "says next to nothing of limits of data", *_WORLD, agent(data_limits="none")),
    case("fails", "lacks how it is stopped", *_WORLD, agent(stop_how="")),
    case("fails", "names nobody who is here", *_WORLD, agent(stopped_by=None)),
    case("fails", "names nobody who is here", system(), _TOOL, person("per_1", active=False), agent()),
    # one person alone makes an agent, and cannot make it something else
    case("fails", "is not approved as an agent", *_WORLD, in_force(component()), draft(agent())),
    case("fails", "lacks limits of amount", *_WORLD, agent(amount_limits=""), draft(component(type="tool"))),
)  # fmt: skip
