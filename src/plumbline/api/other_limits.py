"""What other limits would have said of the windows of a check, over HTTP."""

from __future__ import annotations

import math
from collections.abc import Iterator

from plumbline.api.operations import Answer, Call, Operation, Parameter, Reply
from plumbline.api.schemas import COUNT, FLAG, INSTANT, TEXT, listed, thing
from plumbline.controls import backtest, other_limits, registry, visibility
from plumbline.identity import policy
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault, Invalid, NotFound

NUMBER = {"type": "number"}
WINDOW = thing(result=COUNT, start=INSTANT, end=INSTANT)
OTHERS = thing(
    check=TEXT, subject=TEXT, limit=TEXT, direction=TEXT, unit=TEXT, windows=COUNT, judged=COUNT,
    items=listed(thing(value=NUMBER, in_force=FLAG, beyond=COUNT, which=listed(WINDOW))),
)  # fmt: skip


def _others(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    slug, subject = registry.get(call.pieces["check"]).slug, call.query.get("subject", "")
    if (slug, subject) not in visibility.visible_results(call.actor).rows:
        raise NotFound("This check has not reported on this subject yet.")
    asked = [_number(text) for text in call.query.get("limit", "").split(",") if text.strip()]
    found = other_limits.compare(slug, subject, backtest.open_store(), asked)
    items = [
        {
            "value": row.value,
            "in_force": row.is_in_force,
            "beyond": len(row.beyond),
            "which": [
                {
                    "result": result.pk,
                    "start": clock.rfc3339(result.window_start),
                    "end": clock.rfc3339(result.window_end),
                }
                for result in row.beyond
            ],
        }
        for row in found.values
    ]
    return Answer(
        {
            "check": slug,
            "subject": subject,
            "limit": found.limit.name,
            "direction": other_limits.direction(found.limit),
            "unit": found.limit.unit,
            "windows": found.windows,
            "judged": found.judged,
            "items": items,
        }
    )


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Invalid("No window was judged again.", [Fault("limit", "is no number", "such as 0.25")])
    return value


def operations() -> Iterator[Operation]:
    """Reading what other limits would have said."""
    yield Operation(
        "GET", "/checks/{check}/other-limits", "readOtherLimits",
        "What other limits would have said of the newest windows of a check", _others, tag="measured",
        pieces={"check": "[a-z0-9-]+"}, problems=(422, 503),
        query=(
            Parameter("subject", TEXT, "The system (its slug) that the check reads."),
            Parameter("limit", TEXT, "Values to try besides, divided by commas; four at the most."),
        ),
        replies={200: Reply("The limit in force, a tighter and a looser one, and those asked for.", OTHERS)},
        text="Each window is judged again from the same data by the rule of the check. Nothing is changed.",
    )  # fmt: skip
