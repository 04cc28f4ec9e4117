"""Fields that are only asked for where another field has a certain answer, as the kind declares them.

Pages show such a field when its condition holds; the door refuses an answer where it does not, so that
nothing counts that nobody is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Any

from plumbline.kernel.messages import Message, Word, listing, say
from plumbline.kernel.problems import Fault
from plumbline.records.kinds import Kind


def is_shown(kind: Kind, name: str, answers: Mapping[str, Any]) -> bool:
    """Whether the field ``name`` is asked for, by the ``answers`` to the others."""
    other, words = kind.shown_when.get(name, ("", ()))
    return not other or str(answers.get(other) or "") in words


def condition(kind: Kind, name: str) -> Message | None:
    """When a field is asked for, in a sentence; None where it always is."""
    if name not in kind.shown_when:
        return None
    other, words = kind.shown_when[name]
    field = kind.field(other)
    labels = dict(field.flatchoices)
    return say(
        "field.shown-when",
        "Only where “{field}” is: {answers}.",
        field=Word(str(field.verbose_name)),
        answers=listing([Word(str(labels.get(word, word))) for word in words], conjunction="or"),
    )


def faults(
    kind: Kind,
    answers: Mapping[str, Any],
    known: frozenset[str],
    present: Mapping[str, Any] | None = None,
) -> list[Fault]:
    """Answers to fields that are not asked for. Those of which a fault is ``known`` already are left out.

    So are those that the record has at ``present``: a kind may come to ask for less, and whoever changes
    another field of an older record answers for what they change.
    """
    found = []
    for name, (other, _) in kind.shown_when.items():
        if not _is_given(answers.get(name)) or {name, other} & known:
            continue
        if present and all(answers.get(each) == present.get(each) for each in (name, other)):
            continue
        if not is_shown(kind, name, answers):
            message = say("field.not-asked", "is not asked for here")
            remedy = condition(kind, name)
            assert remedy is not None
            found.append(Fault(name, message, remedy))
    return found


def _is_given(answer: Any) -> bool:
    """Whether something was answered: no text, no list and no set of records that is empty."""
    return answer is not None and not (isinstance(answer, Sized) and len(answer) == 0)
