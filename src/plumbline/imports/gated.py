"""What a row may not change, although its fields are well formed: its kind's gates, asked for the preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Problem
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind


def after_of(form: Any, kind: Kind) -> dict[str, Any]:
    """The plain values that the record would have."""
    found = {}
    for name in kind.field_names:
        column = kind.field(name)
        if column.many_to_many:
            found[name] = sorted(str(plain_values.public_name(item)) for item in form.cleaned_data[name])
        else:
            found[name] = plain_values.of_field(form.instance, column)
    return found


def refusals(actor: Actor, kind: Kind, form: Any, before: Mapping[str, Any]) -> list[Fault]:
    """What the gates of ``kind`` refuse of the values that ``form`` took, by field; ``before`` are those that
    stand. The door asks the same gates when the row is written."""
    found: list[Fault] = []
    if not kind.amend_gates:
        return found
    after = after_of(form, kind)
    if all(before.get(name) == value for name, value in after.items()):
        return found
    for gate in kind.amend_gates:
        try:
            gate(actor, form.instance, before, after)
        except Problem as problem:
            found += problem.faults or [Fault("", problem.detail, problem.remedy)]
    return found
