"""How each state word looks: its colour role, its icon, and whether it is filled.

One table for every page. The words themselves come from `plumbline.kernel.states` and from the
workflows; what is in order is plain text, a fill is kept for what needs a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from plumbline.kernel.states import MeasuredState


@dataclass(frozen=True)
class Look:
    """The look of one word: a colour role (ok, warn, bad, stale, none), an icon; filled, plain or dash."""

    role: str
    icon: str
    style: str = "filled"


def _plain(role: str, icon: str) -> Look:
    return Look(role, icon, "plain")


UNKNOWN = _plain("none", "circle")

LOOKS: dict[str, Look] = {
    # Measured and attested states
    "covered": _plain("ok", "circle-check"),
    "missing": Look("bad", "circle-x"),
    "excluded": _plain("none", "circle-minus"),
    "proved": _plain("ok", "shield-check"),
    "effective": _plain("ok", "circle-check"),
    "operating": _plain("ok", "contrast"),
    "recorded": _plain("none", "file-check-2"),
    "nothing to judge": _plain("none", "circle"),
    "degraded": Look("warn", "triangle-alert"),
    "failing": Look("bad", "octagon-x"),
    "stale": Look("stale", "clock-alert"),
    "no signal": Look("none", "circle-dashed", "dash"),
    "not measured": _plain("none", "circle"),
    "not applicable": _plain("none", "circle-minus"),
    "not effective": Look("bad", "circle-x"),
    "cannot tell": _plain("none", "circle-question-mark"),
    "not attested": _plain("none", "circle"),
    "applicable": _plain("ok", "circle-check"),
    # Requirements
    "evidence complete": _plain("ok", "circle-check"),
    "evidence partial": Look("warn", "contrast"),
    "evidence missing": Look("bad", "circle-x"),
    "not assessed": _plain("none", "circle"),
    # Results of checks
    "within": _plain("ok", "circle-check"),
    "over limit": Look("warn", "triangle-alert"),
    "under limit": Look("warn", "triangle-alert"),
    "paused": Look("none", "circle-pause"),
    # Evidence and proof
    "in date": _plain("ok", "circle-check"),
    "due soon": Look("warn", "clock"),
    "out of date": Look("stale", "clock-alert"),
    "withdrawn": _plain("none", "circle-minus"),
    "verified": _plain("ok", "badge-check"),
    "not yet anchored": _plain("none", "clock"),
    "broken": Look("bad", "octagon-x"),
    # Audit findings and coverage
    "major": Look("bad", "octagon-x"),
    "minor": Look("warn", "triangle-alert"),
    "opportunity for improvement": _plain("none", "lightbulb"),
    "covers": _plain("ok", "circle-check"),
    "supports in part": _plain("none", "circle-dashed"),
    "not covered": Look("warn", "circle-x"),
    # Nonconformities and actions
    "suspected": Look("warn", "circle-question-mark"),
    "dismissal proposed": Look("warn", "circle-minus"),
    "open": Look("bad", "flag"),
    "contained": Look("warn", "shield-check"),
    "corrected": Look("none", "wrench"),
    "closed": _plain("ok", "circle-check"),
    "dismissed": _plain("none", "circle-minus"),
    # Trainings and concerns
    "planned": Look("none", "calendar"),
    "held": Look("none", "list-checks"),
    "in evaluation": Look("none", "eye"),
    "evaluated": _plain("ok", "badge-check"),
    "cancelled": _plain("none", "ban"),
    "received": Look("warn", "flag"),
    "looked into": Look("none", "eye"),
    "answered": _plain("ok", "circle-check"),
    # Competences
    "in force": _plain("ok", "circle-check"),
    "expired": Look("stale", "clock-alert"),
    "not yet shown": Look("none", "clock"),
    "not evaluated": Look("warn", "circle-question-mark"),
    "hidden": _plain("none", "eye-off"),
    "yes": _plain("ok", "circle-check"),
    "no": Look("bad", "circle-x"),
    "not known": Look("none", "circle-question-mark"),
    # Validations and deployments
    "limits set": Look("none", "list-checks"),
    "measured": Look("none", "eye"),
    "confirmed": _plain("ok", "badge-check"),
    "discarded": _plain("none", "ban"),
    "staged": Look("warn", "contrast"),
    "live": _plain("ok", "circle-check"),
    "rolled back": Look("warn", "clock"),
    "ended": _plain("none", "archive"),
    "passed": _plain("ok", "circle-check"),
    # Reviewed, treated and recorded
    "draft": Look("none", "pencil"),
    "in review": Look("none", "eye"),
    "approved": _plain("ok", "stamp"),
    "retirement proposed": Look("warn", "archive"),
    "retired": _plain("none", "archive"),
    "identified": Look("none", "circle-dot"),
    "assessed": Look("none", "scale"),
    "treated": _plain("ok", "wrench"),
    "accepted": _plain("ok", "stamp"),
    "under way": Look("none", "route"),
    "carried out": Look("none", "list-checks"),
    "reviewed": _plain("ok", "badge-check"),
    "abandonment proposed": Look("warn", "ban"),
    "abandoned": _plain("none", "ban"),
    "final": _plain("ok", "lock"),
    # Internal audits
    "reported": Look("warn", "file-text"),
    "acknowledged": Look("none", "eye"),
    "called off": _plain("none", "ban"),
    "worked": _plain("ok", "badge-check"),
    "did not work": Look("bad", "circle-x"),
    "asked": Look("warn", "inbox"),
    "sufficient": _plain("ok", "badge-check"),
    "not sufficient": Look("bad", "circle-x"),
    # Packs and imports
    "waiting": Look("none", "clock"),
    "being built": Look("none", "timer"),
    "ready": _plain("ok", "package"),
    "failed": Look("bad", "octagon-x"),
    "not decided": Look("none", "circle-question-mark"),
    "not graded": _plain("none", "circle"),
}


def look(word: str) -> Look:
    """How ``word`` looks; a word that is not in the table is plain with an open circle."""
    return LOOKS.get(str(word).lower(), UNKNOWN)


def cell_class(state: MeasuredState) -> str:
    """The class of a control map cell in ``state``; a good one has a green foot only."""
    if state.good:
        return ""
    if state is MeasuredState.NOT_APPLICABLE:
        return "na"
    if state is MeasuredState.NOT_MEASURED:
        return "bare"
    return look(state).role


def ended(text: str) -> str:
    """A text as a sentence: with one full stop at its end, or the mark that it ends with already."""
    bare = text.rstrip()
    return bare if bare.endswith((".", "!", "?", ":")) or not bare else f"{bare}."


def upper_first(text: str) -> str:
    """A text with a capital first letter."""
    return text[:1].upper() + text[1:]


def of_fault(message: object, remedy: object) -> str:
    """What is wrong and how to mend it, as two sentences for a field of a form."""
    return " ".join(filter(None, (ended(str(message)), ended(upper_first(str(remedy))))))


def lower_first(text: object) -> str:
    """``text`` with a small first letter, unless it begins with an abbreviation."""
    words = str(text)
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
