"""Whether what raised a suspicion still fails: asked at the door before anybody lets it go."""

from __future__ import annotations

from plumbline.clauses.improvement import nonconformities
from plumbline.controls import queries, registry
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.kernel import memo
from plumbline.kernel.messages import Message
from plumbline.kernel.states import BEYOND


def failing_result(check: str, system: str) -> Message | None:
    """What ``check`` says of ``system`` (a slug; empty: the organization) today if it fails, else ``None``.

    A check beside another one shares its nonconformity, so that either of them keeps it up.
    """
    declared = registry.by_slug().get(check)
    sharing = registry.sharing(declared) if declared is not None else {check}
    subject = system or ORGANIZATION
    if memo.is_shared():
        failing = memo.read_once("still_failing", _failing)
        return next((failing[name, subject] for name in sorted(sharing) if (name, subject) in failing), None)
    rows = queries.readings_of(sharing, subject)
    return next((row.reason for row in rows if row.word in BEYOND), None)


def _failing() -> dict[tuple[str, str], Message]:
    """What every check that fails today says, by its name and its subject."""
    return {
        (row.check_name, row.subject): row.reason for row in queries.readings().values() if row.word in BEYOND
    }


def expected_grade(check: str) -> str:
    """The grade that ``check``, by slug, expects of what it finds."""
    declared = registry.by_slug().get(check)
    return declared.severity if declared is not None else "not graded"


def register() -> None:
    """Let nonconformities ask for failing results, and for the grade that a check expects."""
    nonconformities.use(failing_result, expected_grade)
