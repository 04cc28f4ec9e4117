"""What is asked and what is measured, over HTTP: requirements, posture, checks and their results."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from plumbline import catalogs
from plumbline.api.operations import Answer, Call, Operation, Parameter, Reply
from plumbline.api.records import AS_OF, PAGE, SIZE, instant
from plumbline.api.schemas import ANYTHING, COUNT, FLAG, INSTANT, TEXT, listed, maybe, thing, words
from plumbline.controls import (
    contradictions,
    declare,
    grid,
    posture,
    queries,
    registry,
    requirement_posture,
    visibility,
)
from plumbline.controls.judged import queries as judged
from plumbline.controls.members import as_dict
from plumbline.identity import policy
from plumbline.kernel import clock, states
from plumbline.kernel.messages import say, to_json
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.wording import english

TAG = "measured"
MEASURE = {"type": ["number", "null"]}
REQUIREMENT = thing(
    id=TEXT,
    framework=TEXT,
    number=TEXT,
    kind=TEXT,
    title=TEXT,
    gist=TEXT,
    group=TEXT,
    parent=maybe(TEXT),
    checked_against_text=FLAG,
    machine=TEXT,
    people=TEXT,
    statements=listed(TEXT),
    mappings=listed(ANYTHING),
)
CHECK = thing(
    slug=TEXT,
    title=TEXT,
    text=TEXT,
    requirements=listed(TEXT),
    over=words("system", "organization"),
    needs=listed(TEXT),
    window=TEXT,
    severity=TEXT,
    required=FLAG,
    population=TEXT,
    strength=words(*states.Strength),
    limits=listed(TEXT),
    source_digest=TEXT,
)
MESSAGE = thing(code=TEXT, text=TEXT, params=ANYTHING)
MEMBER = thing(
    name=TEXT,
    state=words(*states.MemberState),
    reason=TEXT,
    message=maybe(MESSAGE),
    system=TEXT,
    systems=listed(TEXT),
    owner=TEXT,
)
CONTRADICTIONS = thing(
    items=listed(
        thing(about=TEXT, reason=TEXT, message=MESSAGE, check=TEXT, requirements=listed(TEXT), owner=TEXT)
    ),
    hidden=COUNT,
)
RESULT = thing(
    id=COUNT,
    check=TEXT,
    subject=TEXT,
    window_start=INSTANT,
    window_end=INSTANT,
    word=words(*states.CheckState),
    reason=TEXT,
    reason_code=TEXT,
    message=MESSAGE,
    named=listed(TEXT),
    value=MEASURE,
    unit=TEXT,
    limit=MEASURE,
    limit_source=TEXT,
    numerator=MEASURE,
    denominator=MEASURE,
    population=maybe(COUNT),
    excluded=COUNT,
    strength=words("", *states.Strength),
    source_digest=TEXT,
    evidence_digest=TEXT,
    catalog_version=TEXT,
    seen_until=INSTANT,
    received_until=maybe(INSTANT),
    recorded=INSTANT,
    late=COUNT,
    restates=maybe(COUNT),
    cause=TEXT,
    counts=FLAG,
    reference_period=TEXT,
    leaf=COUNT,
)
GRID = thing(
    items=listed(
        thing(
            system=TEXT,
            check=TEXT,
            word=words(*states.CheckState),
            value=MEASURE,
            unit=TEXT,
            limit=MEASURE,
            population=maybe(COUNT),
            data_until=maybe(INSTANT),
            recorded=maybe(INSTANT),
            result=maybe(COUNT),
        )
    ),
    hidden=COUNT,
)
WITH_MEMBERS = thing(**RESULT["properties"], members=listed(MEMBER), members_hidden=COUNT)
RESULTS = thing(items=listed(RESULT), page=COUNT, size=COUNT, total=COUNT, capped=FLAG, hidden=COUNT)
HIDING = "One page; hidden counts the results on systems that you do not see."


def _requirement(row: catalogs.Requirement, *, whole: bool = False) -> dict[str, Any]:
    found = {
        name: getattr(row, name)
        for name in (
            *("id", "framework", "number", "kind", "title", "gist", "group", "parent"),
            *("checked_against_text", "machine", "people", "statements"),
        )
    }
    found["mappings"] = [msgspec.to_builtins(item) for item in catalogs.mappings(row.id)] if whole else []
    return found


def _requirements(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    wanted = call.query.get("framework", "iso42001")
    known = [item.id for item in catalogs.frameworks() if item.loaded]
    if wanted not in known:
        raise Invalid(
            "The list was not made.",
            [
                Fault(
                    "framework",
                    "is not loaded",
                    say("fault.one-of", "one of: {names}", names=", ".join(known)),
                )
            ],
        )
    kind = call.query.get("kind")
    rows = catalogs.requirements(wanted)
    return Answer([_requirement(row) for row in rows if kind is None or row.kind == kind])


def _one_requirement(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    if not catalogs.exists(call.pieces["id"]):
        raise NotFound("No framework has a requirement with this id.")
    return Answer(_requirement(catalogs.requirement(call.pieces["id"]), whole=True))


def _posture(call: Call) -> Answer:
    return Answer([requirement_posture.as_dict(row) for row in posture.posture(call.actor, at=instant(call))])


def _check(made: declare.Check) -> dict[str, Any]:
    return {
        "slug": made.slug,
        "title": made.title,
        "text": made.text,
        "requirements": made.requirements,
        "over": made.over,
        "needs": made.needs,
        "window": made.window,
        "severity": made.severity,
        "required": made.required,
        "population": made.population.text.text if made.population is not None else "",
        "strength": str(made.strength),
        "limits": made.limit_names,
        "source_digest": made.digest,
    }


def _checks(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    return Answer([_check(made) for made in registry.all_checks()])


def _grid(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    found = grid.grid(call.actor, instant(call))
    return Answer({"items": [grid.as_dict(row) for row in found.rows()], "hidden": found.hidden})


def _result(row: Any, superseded: Collection[int]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "check": row.check_name,
        "subject": row.subject,
        "window_start": clock.rfc3339(row.window_start),
        "window_end": clock.rfc3339(row.window_end),
        "word": row.word,
        "reason": english(row.reason),
        "reason_code": row.reason.code,
        "message": to_json(row.reason),
        "named": row.names,
        "value": row.value,
        "unit": row.unit,
        "limit": row.limit_value,
        "limit_source": row.limit_source,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "population": row.population,
        "excluded": row.excluded,
        "strength": row.strength,
        "source_digest": row.source_digest,
        "evidence_digest": row.evidence_digest,
        "catalog_version": row.catalog_version,
        "seen_until": clock.rfc3339(row.seen_until),
        "received_until": clock.rfc3339(row.received_until) if row.received_until else None,
        "recorded": clock.rfc3339(row.recorded_at),
        "late": row.late,
        "restates": row.restates_id,
        "cause": row.cause,
        "counts": row.pk not in superseded,
        "reference_period": row.reference_period,
        "leaf": row.leaf,
    }


def _results(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    number, size = call.number("page", 1), call.number("size", 25)
    if not 1 <= number <= 10_000 or not 1 <= size <= 1_000:
        raise Invalid(
            "There is no such page.", [Fault("page", "is out of range", "page from 1, size 1 to 1000")]
        )
    check, at = call.query.get("check"), instant(call)
    rows = queries.select(
        check_names=None if check is None else [check],
        subject=call.query.get("subject", ""),
        word=call.query.get("word", ""),
    )
    if at is not None:
        rows = rows.filter(recorded_at__lte=at)
    rows, hidden = visibility.only_visible(call.actor, rows)
    total = rows.order_by()[:10_001].count()
    shown = visibility.redact_results(call.actor, rows[(number - 1) * size : number * size])
    superseded = judged.not_counting(shown, at)
    found = [_result(row, superseded) for row in shown]
    value = {
        "items": found,
        "page": number,
        "size": size,
        "total": min(total, 10_000),
        "capped": total > 10_000,
        "hidden": hidden,
    }
    return Answer(value)


def _one_result(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    if len(call.pieces["number"]) > 15:
        raise NotFound("There is no result with this number.")
    row = visibility.result(call.actor, int(call.pieces["number"]))
    members = visibility.members_of(call.actor, row)
    value = {
        **_result(row, judged.not_counting([row])),
        "members": [as_dict(member) for member in members.rows],
        "members_hidden": members.hidden,
    }
    return Answer(value)


def _contradictions(call: Call) -> Answer:
    found, hidden = contradictions.contradictions(call.actor)
    items = [
        {
            "about": english(say("contradiction.name", "{name}", name=one.name)),
            "reason": english(one.message),
            "message": to_json(one.message),
            "check": one.check,
            "requirements": list(one.requirements),
            "owner": one.owner,
        }
        for one in found
    ]
    return Answer({"items": items, "hidden": hidden})


def operations() -> Iterator[Operation]:
    """Requirements, posture, checks and results."""
    several = (
        Parameter("framework", TEXT, "Id of a framework; iso42001 unless given."),
        Parameter("kind", TEXT, "Only of this kind, such as control."),
    )
    narrowing = (
        Parameter("check", TEXT, "Only of this check."),
        Parameter("subject", TEXT, "Only of this system (its slug) or of the organization."),
        Parameter("word", TEXT, "Only with this word."),
    )
    yield Operation(
        "GET", "/requirements", "listRequirements", "What a framework asks", _requirements, tag=TAG,
        query=several, problems=(422,), replies={200: Reply("Requirements in order.", listed(REQUIREMENT))},
    )  # fmt: skip
    yield Operation(
        "GET", "/requirements/{id}", "readRequirement", "One requirement with its mappings", _one_requirement,
        tag=TAG, pieces={"id": "[^/]+"}, replies={200: Reply("The requirement.", REQUIREMENT)},
    )  # fmt: skip
    yield Operation(
        "GET", "/posture", "readPosture", "Measured and attested state of every requirement", _posture,
        tag=TAG, replies={200: Reply("Sub-clauses, then controls.", listed({"type": "object"}))},
        query=(AS_OF,), problems=(422,),
    )  # fmt: skip
    yield Operation(
        "GET", "/checks", "listChecks", "Every check", _checks, tag=TAG,
        replies={200: Reply("Checks.", listed(CHECK))},
    )  # fmt: skip
    yield Operation(
        "GET", "/checks/grid", "readCheckGrid", "Each AI system beside each check over telemetry", _grid,
        tag=TAG,
        query=(AS_OF,), problems=(422,),
        replies={200: Reply("One item a cell; hidden counts the systems that you do not see.", GRID)},
    )  # fmt: skip
    yield Operation(
        "GET", "/contradictions", "listContradictions", "Where the records contradict each other",
        _contradictions, tag=TAG, replies={200: Reply("Contradictions by check.", CONTRADICTIONS)},
    )  # fmt: skip
    yield Operation(
        "GET", "/results", "listResults", "Results of checks, newest first", _results, tag=TAG,
        query=(PAGE, SIZE, AS_OF, *narrowing), problems=(422,), replies={200: Reply(HIDING, RESULTS)},
    )  # fmt: skip
    yield Operation(
        "GET", "/results/{number}", "readResult", "One result", _one_result, tag=TAG,
        pieces={"number": "[0-9]+"},
        replies={200: Reply("The result with the members of its population.", WITH_MEMBERS)},
    )  # fmt: skip
