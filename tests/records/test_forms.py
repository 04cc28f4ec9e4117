"""Labels of the derived forms."""

from __future__ import annotations

import pytest

from plumbline.identity.actors import Actor
from plumbline.records import forms, kinds

pytestmark = pytest.mark.django_db


def test_every_label_is_the_name_of_its_field_with_a_capital_first_letter() -> None:
    """An abbreviation keeps its capitals: AI system, never Ai system."""
    for kind in kinds.all_kinds():
        for name, field in forms.form_class(kind).base_fields.items():
            label = str(field.label)
            assert label[:1].isupper(), (kind.slug, name, label)
            assert not {"Ai", "Aims", "Eu", "Url"} & set(label.split()), (kind.slug, name, label)


def test_a_text_is_kept_in_one_form(mina: Actor) -> None:
    """Line ends as browsers send them, and letters with their accents apart, are those of everybody else."""
    sent = {"title": "Cafe\u0301", "description": "One.\r\nTwo.\rThree."}
    form, faults = forms.clean(kinds.get("risk"), mina, sent)
    assert not faults
    assert form.cleaned_data["title"] == "Caf\u00e9"
    assert form.cleaned_data["description"] == "One.\nTwo.\nThree."
    row, _, faults = forms.FormBatch(kinds.get("risk"), mina).clean(sent)
    assert not faults
    assert (row.title, row.description) == ("Caf\u00e9", "One.\nTwo.\nThree.")


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x07", "\x85", "\u200b"])
def test_a_title_that_reads_as_another_one_is_refused(mina: Actor, sign: str) -> None:
    """Whoever creates, amends or imports; a long text may have such signs, since it is nobody's name."""
    sent = {"title": f"Drift{sign}fdp", "description": f"As it came{sign}."}
    _, faults = forms.clean(kinds.get("risk"), mina, sent)
    _, _, of_batch = forms.FormBatch(kinds.get("risk"), mina).clean(sent)
    assert [(fault.field, fault.message) for fault in faults] == [(f.field, f.message) for f in of_batch]
    assert [(fault.field, str(fault.message)) for fault in faults] == [
        ("title", f"has signs that nobody sees: U+{ord(sign):04X}")
    ]


def test_a_line_break_in_a_title_is_a_space(mina: Actor) -> None:
    """Cells of registers have them; a title stands on one line everywhere."""
    form, faults = forms.clean(
        kinds.get("risk"), mina, {"title": "Routing \r\n\tof claims", "description": "Seen."}
    )
    assert not faults
    assert form.cleaned_data["title"] == "Routing of claims"
