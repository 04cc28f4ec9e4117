"""A check on agents: what they may do is limited, and somebody may stop them (A.6.2.6, A.9.2)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import agents as cases
from plumbline.controls.library.cases import bare
from plumbline.controls.library.gaps import lacks, says_too_little
from plumbline.controls.library.population import INVENTORY, either, in_force, live_systems, owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence
from plumbline.kernel.messages import Message, Ref, Word, say
from plumbline.kernel.states import Strength

_CALLABLE = frozenset({"tool", "server", "service", "index", "agent", "model"})
"""Types of component that an agent can call."""


def _agents(evidence: Evidence) -> list[Member]:
    """Agents of live systems or of no system at all, as they are written or in force."""
    live = {member.system for member in live_systems(evidence)}
    return [
        owned(rows[0], agent=reference)
        for reference, rows in either(evidence, "component").items()
        if any(row["type"] == "agent" for row in rows)
        and any(not row["systems"] or live.intersection(row["systems"]) for row in rows)
    ]


@check(
    "iso42001:A.6.2.6",
    "iso42001:A.9.2",
    slug="agents-limited",
    title="Agents have limits, and somebody who may stop them",
    finding="Agents without limits or without anybody who may stop them",
    over="organization",
    needs=("facts:people",),
    population=Population(
        "agents",
        Word("agents of live AI systems, or of none"),
        (*INVENTORY, "claims:component", "records:component"),
        _agents,
        bare.AGENT,
    ),
    share=share("agent.share", "{have} of {total} agents have limits and can be stopped."),
    strength=Strength.RECORDED,
    severity="major",
    cases=cases.AGENTS_LIMITED,
)
def agents_limited(member: Member, evidence: Evidence) -> Message | None:
    """For every agent in operation an approved record names the tools that it may use, each approved itself,
    its limits of amount and of data, and a person who is here and may stop it, with how.

    That the agent keeps to them is not shown by this: what it did is in its events.
    """
    row = in_force(evidence, "component", member.row["agent"])
    if row is None:
        return say("record.not-approved", "is not approved")
    if row["type"] != "agent":
        return say("agent.not-said", "is not approved as an agent")
    if not row["tools"]:
        return lacks([Word("the tools that it may use")])
    for tool in row["tools"]:
        found = in_force(evidence, "component", tool)
        if found is None or found["type"] not in _CALLABLE:
            return say("agent.tool", "may use {tool}, which is not approved as a tool", tool=Ref(tool))
    texts = {"amount_limits": Word("limits of amount"), "data_limits": Word("limits of data")}
    silent = says_too_little(row, {**texts, "stop_how": Word("how it is stopped")})
    here = {one["handle"] for one in evidence.facts["people"] if one["active"]}
    if silent is None and row["stopped_by"] not in here:
        return say("agent.nobody", "names nobody who is here and may stop it")
    return silent
