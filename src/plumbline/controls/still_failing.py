"""Whether what raised a suspicion still fails: asked at the door before anybody lets it go."""

from __future__ import annotations

from plumbline.clauses.improvement import nonconformities
from plumbline.controls import queries, registry
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.kernel.messages import Message
from plumbline.kernel.states import BEYOND


def failing_result(check: str, system: str) -> Message | None:
    """What ``check`` says of ``system`` (a slug; empty: the organization) today if it fails, else ``None``.

    A check beside another one shares its nonconformity, so that either of them keeps it up.
    """
    declared = registry.by_slug().get(check)
    sharing = registry.sharing(declared) if declared is not None else {check}
    rows = queries.readings_of(sharing, system or ORGANIZATION)
    return next((row.reason for row in rows if row.word in BEYOND), None)


def register() -> None:
    """Let nonconformities ask for failing results."""
    nonconformities.use(failing_result)
