"""How the organizations are built, through the doors, by the people who are in them."""

from __future__ import annotations

from typing import Any

from tests.honesty.world import World

PEOPLE = {
    "mina": "aims-manager",
    "sara": "aims-manager",
    "tove": "aims-manager",
    "ingrid": "top-management",
    "henrik": "top-management",
    "stig": "system-owner",
    "rolf": "risk-owner",
    "cora": "contributor",
    "rita": "reviewer",
    "tomas": "internal-auditor",
    "viola": "viewer",
}
"""Who works here, by role. Mina writes most records; Sara, Tove and Ingrid are second persons."""

SLUG = "claims-triage"
DAYS_WATCHED = 3
"""Days on which the well-kept organization's system has sent decisions, the last one being yesterday."""


def blank(world: World) -> None:
    """One AIMS manager."""
    world.hire("mina", "aims-manager")


def office(world: World) -> None:
    """Somebody of every role."""
    for name, role in PEOPLE.items():
        world.hire(name, role)


def well_kept(world: World) -> None:
    """One live system with everything that is asked of it, watched for days."""
    office(world)
    _leadership(world)
    _system(world)
    _risks(world)
    life_cycle(world)
    _documents(world)
    _objectives(world)
    _applicability(world)
    monitoring_plan(world)
    for ago in range(DAYS_WATCHED, 0, -1):
        world.traffic(SLUG, world.day(-ago))
    world.flow()
    internal_audit(world)
    management_review(world)
    world.flow()


def approved(world: World, kind: str, by: str = "sara", **values: Any) -> str:
    """A complete record that Mina writes and a second person approves; its reference."""
    return world.approve(world.make(kind, **values), by=by)


def live_system(world: World, slug: str, **values: Any) -> str:
    """A live, approved AI system about which nothing else is recorded; its reference."""
    told = {
        "title": slug.replace("-", " ").capitalize(),
        "slug": slug,
        "lifecycle": "in operation",
        "operating_since": world.day(-30),
        "effect": "direct",
        "owner": world.people["stig"].handle,
        **values,
    }
    return world.approve(world.create("mina", "ai-system", **told))


def failing_day(world: World, day: int = -1, failed: int = 30, count: int = 100, slug: str = SLUG) -> None:
    """Decisions of a day, the first of which ended in an error."""
    world.traffic(slug, world.day(day), count, lambda n: {"error": "timeout"} if n < failed else {})


def suspicion(world: World) -> str:
    """A day beyond the error limit, judged and raised; the reference of what was raised."""
    failing_day(world)
    world.flow()
    (raised,) = [row for row in world.suspicions("error-rate") if row["state"] == "suspected"]
    return str(raised["reference"])


EXPLAINED = {
    "cause": "The new address service answers slowly, and nothing had a time limit.",
    "similar": "The two other callers of that service were looked at; both have a limit.",
    "correction": "Calls to the service end after three seconds.",
    "containment": "Claims without an address went to a handler.",
    "grade": "minor",
}


def corrected(world: World, **values: Any) -> str:
    """A suspicion that Stig has confirmed, explained and corrected; its reference."""
    reference = suspicion(world)
    world.move("sara", reference, "confirm")
    world.amend("stig", reference, **EXPLAINED, **values)
    world.move("stig", reference, "contain", "correct")
    return reference


def proposed_action(world: World, nonconformity: str, **values: Any) -> str:
    """A corrective action that Stig has written, to be proved by the check that failed; its reference."""
    told = {
        "title": "A time limit for every call",
        "nonconformity": nonconformity,
        "cause": "Calls without a time limit.",
        "action": "A limit of three seconds on every call, and a rule that finds calls without one.",
        "due": world.day(20),
        "effectiveness_check": "error-rate",
        "effectiveness_from": world.day(1),
        "effectiveness_until": world.day(3),
        "minimum_results": 3,
        "owner": world.people["stig"].handle,
        **values,
    }
    return world.create("stig", "corrective-action", **told)


def _leadership(world: World) -> None:
    approved(
        world,
        "policy",
        by="ingrid",
        title="AI policy",
        version="3",
        purpose="Says what Halden uses AI for, what it never uses it for, and who answers for it.",
        text="We use AI where we can explain what it does, and a person decides whenever a decision is to "
        "somebody's disadvantage. Every system has an owner and a way to stop it.",
        applies_to="Everybody who builds, buys or uses AI at Halden.",
        communicated="Read and acknowledged by every team in January.",
        next_review=world.day(300),
        effective_from=world.day(-60),
        owner=world.people["mina"].handle,
    )


def _system(world: World) -> None:
    approved(
        world,
        "supplier",
        title="Norden Data",
        supplies=["data"],
        services="Regional statistics of weather and traffic, delivered monthly.",
        importance="medium",
        diligence="suitable",
        assessed_on=world.day(-40),
        assessment="Questionnaire, certificate of information security, two references.",
        contract="Contract register, 2026/114",
        contract_until=world.day(400),
        terms=["no training on our data", "notice of incidents"],
        responsibilities="Norden answers for the figures it delivers, Halden for how they are used.",
        monitoring="Each delivery is compared with the one before.",
        exit_plan="The national statistics office offers the same figures.",
        owner=world.people["mina"].handle,
    )
    approved(
        world,
        "ai-system",
        slug=SLUG,
        operating_since=world.day(-200),
        released_on=world.day(-50),
        reference_from=world.day(-150),
        reference_until=world.day(-60),
        next_review=world.day(80),
        technique="statistical",
        not_reported=["inputs", "reviews", "outcomes", "counters"],
        not_reported_why="The gateway passes on outcomes and durations alone; quality is looked at by hand.",
        owner=world.people["stig"].handle,
    )
    approved(
        world,
        "dataset",
        systems=[world.of("ai-system")],
        uses=["training"],
        covers_from=world.day(-900),
        covers_until=world.day(-200),
        origin="Claims ledger of Halden",
        reason="It holds every motor claim of five years.",
        lineage="Exported from the ledger, joined with the regions by the data team.",
        preparation="Duplicates removed, missing regions set apart.",
        labelling="None: the outcome is what was paid.",
        quality_wanted="At most 1 % of amounts missing.",
        quality_found="0.2 % of amounts were missing on the last look, on 3 November.",
        quality_verdict="good enough",
        known_bias="Few claims from the islands; compared by month.",
        version="2026-08",
        acquired_on=world.day(-150),
        changed_on=world.day(-150),
        retention_rule="Ten years after the claim is closed.",
        next_review=world.day(150),
        owner=world.people["stig"].handle,
    )
    approved(
        world,
        "component",
        systems=[world.of("ai-system")],
        purpose="Ranks motor claims by urgency.",
        method="Gradient boosted trees, trained in August.",
        supported_until=world.day(500),
        owner=world.people["stig"].handle,
    )


def _risks(world: World) -> None:
    document(
        world,
        "method",
        "Method of AI risk and impact assessment",
        "iso42001:6.1.1",
        "iso42001:6.1.2",
        "iso42001:6.1.3",
        "iso42001:6.1.4",
        version="3",
    )
    world.references["document"] = world.listed("document")[0]["reference"]
    risk = world.make(
        "risk",
        assessed_on=world.day(-20),
        criteria_version="3",
        accepted_until=world.day(120),
        next_review=world.day(150),
        rationale="Seen once in three years; compared with two similar systems.",
        owner=world.people["rolf"].handle,
    )
    world.move("mina", risk, "assess")
    approved(
        world,
        "treatment",
        by="ingrid",
        risks=[risk],
        controls=["iso42001:A.6.2.8"],  # it operates: what nobody measures takes nothing off a risk
        due=world.day(30),
        owner=world.people["rolf"].handle,
    )
    world.move("mina", risk, "treat")
    world.move("ingrid", risk, "accept", reason="Within our appetite while overrides are watched.")
    _assessed_and_planned(world, risk)
    approved(
        world,
        "impact-assessment",
        system=world.of("ai-system"),
        assessed_on=world.day(-45),
        consulted="The works council and a consumers' association, in writing.",
        risks=[risk],
        next_review=world.day(60),
        owner=world.people["rolf"].handle,
    )


def life_cycle(world: World) -> None:
    """What is in use went live by a release that was specified, validated twice, approved and deployed."""
    from tests.lifecycle import LIMITS, measured

    system, owner = world.of("ai-system"), world.people["stig"].handle
    version = world.record(system)["values"]["version"]
    approved(world, "specification", system=system, next_review=world.day(300), owner=owner)
    release = world.make("release", system=system, version=version, owner=owner)
    world.move("mina", release, "submit")
    for type_ in ("test", "bias"):
        validation = world.make(
            "validation", system=system, release=release, type=type_, limits=LIMITS[type_], owner=owner
        )
        world.move("mina", validation, "set-limits")
        world.amend("mina", validation, **measured(type_, measured_on=world.day(0)))
        world.move("mina", validation, "measure")
        world.move("sara", validation, "confirm")
    world.move("ingrid", release, "approve")
    deployment = world.make("deployment", system=system, release=release, due=world.day(0), owner=owner)
    world.approve(deployment, by="ingrid")
    world.move("mina", deployment, "go-live")


def _assessed_and_planned(world: World, risk: str) -> None:
    """The act in which the risk was assessed, and the plan by which it is treated."""
    mina = world.people["mina"].handle
    told: dict[str, Any] = {"risks": [risk], "next_review": world.day(150), "owner": mina}
    approved(world, "risk-assessment", assessed_on=world.day(-1), **told)
    treatments = [row["reference"] for row in world.listed("treatment")]
    approved(world, "treatment-plan", by="ingrid", treatments=treatments, **told)


def document(world: World, type: str, title: str, *requirements: str, **values: Any) -> str:
    """An approved document of the organization's own; its reference."""
    told = {
        "title": title,
        "type": type,
        "origin": "own",
        "issuer": "",
        "version": "1",
        "summary": f"{title}: who does what, when, and what is kept of it.",
        "text": f"{title}. The process has an owner; each step leaves a record that is kept for ten years.",
        "requirements": list(requirements),
        "systems": [],
        "retention_rule": "Ten years after it is replaced.",
        "next_review": world.day(200),
        "effective_from": world.day(-20),
        "owner": world.people["mina"].handle,
        **values,
    }
    return world.approve(world.create("mina", "document", **told))


DOCUMENTS = (
    ("scope", "Scope of the AI management system", "4.3"),
    ("report", "Context and interested parties", "4.1", "4.2"),
    ("process", "The AI management system and its processes", "4.4", "8.1"),
    ("plan", "Competence and awareness", "7.2", "7.3"),
    ("plan", "Monitoring, measurement and analysis", "9.1", "A.6.2.6"),
    ("plan", "Internal audit programme and results", "9.2.1", "9.2.2"),
    ("process", "Nonconformity and corrective action", "10.2"),
    ("plan", "Telling people of incidents", "A.8.4"),
    ("process", "Impact assessment of AI systems", "A.5.2"),
    ("process", "Responsible use of AI systems", "A.9.2"),
    ("process", "Life cycle of AI systems", "A.6.1.3", "A.6.2.2", "A.6.2.4", "A.6.2.5"),
)
OF_THE_SYSTEM = (
    ("instructions", "Working with proposals of Claims triage", "A.8.2"),
    ("design", "Technical documentation of Claims triage", "A.6.2.7"),
    ("plan", "Monitoring plan of Claims triage", "A.6.2.6"),
)


def _documents(world: World) -> None:
    for type, title, *numbers in DOCUMENTS:
        document(world, type, title, *[f"iso42001:{number}" for number in numbers])
    for type, title, number in OF_THE_SYSTEM:
        document(world, type, title, f"iso42001:{number}", systems=[world.of("ai-system")])
    notice(world)
    supplier_assessment(world)


def supplier_assessment(world: World, **values: Any) -> str:
    """An approved assessment of the supplier that finds it suitable; its reference."""
    told = {
        "assessed_on": world.day(-10),
        "occasion": "regular",
        "verdict": "suitable",
        "conditions": "",
        "conditions_by": None,
        "next_review": world.day(200),
        "risks": [],
        **(values or {"systems": [world.of("ai-system")]}),
    }
    return world.approve(world.make("supplier-assessment", **told))


def notice(world: World, system: str = "", **values: Any) -> str:
    """An approved notice to the users of a system and the people it touches, given; its reference."""
    told = {
        "system": system or world.of("ai-system"),
        "delivered_on": world.day(-10),
        "next_review": world.day(200),
        "obligations": [],
        **values,
    }
    return world.approve(world.make("information-notice", **told))


def internal_audit(world: World) -> str:
    """A programme over everything that Tomas runs, an audit of all but the programme itself that Ingrid has
    acknowledged, and one of the programme that is planned; the reference of the first."""
    from plumbline import catalogs

    tomas = world.people["tomas"].handle
    asked = [row.id for row in (*catalogs.subclauses(), *catalogs.controls())]
    own = ["iso42001:9.2.1", "iso42001:9.2.2"]
    time = {"period_from": world.day(-60), "period_until": world.day(300)}
    programme = world.make("audit-programme", "tomas", owner=tomas, requirements=asked, **time)
    world.approve(programme, by="ingrid", author="tomas")
    told: dict[str, Any] = {
        "programme": programme,
        "period_from": world.day(-60),
        "period_until": world.day(-1),
    }
    world.make("audit", "tomas", criteria=own, planned_from=world.day(200), due=world.day(230), **told)
    criteria = [name for name in asked if name not in own]
    days = {"planned_from": world.day(-2), "due": world.day(10)}
    audit = world.make("audit", "tomas", criteria=criteria, lead=tomas, owner=tomas, **days, **told)
    world.move("tomas", audit, "begin")
    lines = world.record(audit)["values"]["checklist"].splitlines()
    world.amend(
        "tomas",
        audit,
        checklist="\n".join(f"{line.partition(':')[0]}: met: Records and their history" for line in lines),
        began_on=world.day(-2),
        ended_on=world.day(0),
        verdict="conforms",
        summary="What was looked at is as it is asked, and what was decided is done.",
        conclusion="The criteria are met.",
        reported_to=world.people["ingrid"].handle,
    )
    world.move("tomas", audit, "report")
    world.move("ingrid", audit, "acknowledge")
    return audit


def management_review(world: World, **values: Any) -> str:
    """A management review of the last quarter that took place today, with gathered inputs; its reference."""
    review = world.create(
        "mina",
        "management-review",
        title="Management review of the third quarter",
        period_from=world.day(-100),
        period_until=world.day(-10),
        owner=world.people["mina"].handle,
    )
    revision = world.record(review)["revision"]
    gathered = world.press("mina", f"/management-reviews/{review}/gather/", revision=revision)
    assert gathered.status == 302, gathered.text
    told = {
        "held_on": world.day(),
        "top_management": "Ingrid Holm, chief executive; Henrik Holm, chief risk officer",
        "attendees": "Mina Holm, who kept the minutes",
        "inputs_missing": "No internal audit yet; it is planned for March.",
        "discussion": "Input by input; the overrides of Claims triage were looked at twice.",
        "suitable": "yes",
        "adequate": "partly",
        "effective": "partly",
        "decisions": "A second reviewer for urgent claims is hired by March.",
        "changes": "The process for nonconformities names a deputy from January on.",
        "actions": "Mina Holm writes the advertisement by 15 December.",
        "next_review": world.day(90),
        **values,
    }
    world.amend("mina", review, **told)
    return world.approve(review, by="ingrid")


def _objectives(world: World) -> None:
    approved(
        world,
        "objective",
        by="ingrid",
        due=world.day(90),
        systems=[world.of("ai-system")],
        owner=world.people["mina"].handle,
    )
    approved(
        world,
        "indicator",
        metric="",
        value="0.991",
        cadence="monthly",
        measured_on=world.day(-5),
        analysis="Within the target for three months.",
        owner=world.people["mina"].handle,
    )


def monitoring_plan(world: World, **values: Any) -> str:
    """An approved plan that rests on a check that is judged here; its reference."""
    told = {
        "systems": [],
        "indicators": [],
        "objectives": [],
        "checks": "policy-in-date",
        "source": "",
        "measured_on": None,
        "evaluator": world.people["sara"].handle,
        "next_review": world.day(200),
        **values,
    }
    return world.approve(world.make("monitoring-plan", **told))


def _applicability(world: World) -> None:
    from plumbline import catalogs

    for control in catalogs.controls():
        values: dict[str, Any] = {
            "title": control.title,
            "requirement": control.id,
            "applicable": "yes",
            "reasons": ["own policy"],
            "justification": "Our AI policy asks for it in every system that touches customers.",
            "implementation": "in progress",
            "how": "As the process for the life cycle of AI systems says.",
            "next_review": world.day(200),
            "owner": world.people["mina"].handle,
        }
        world.approve(world.create("mina", "applicability", **values))
