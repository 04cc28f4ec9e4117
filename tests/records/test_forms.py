"""Labels of the derived forms."""

from __future__ import annotations

import pytest

from plumbline.records import forms, kinds

pytestmark = pytest.mark.django_db


def test_every_label_is_the_name_of_its_field_with_a_capital_first_letter() -> None:
    """An abbreviation keeps its capitals: AI system, never Ai system."""
    for kind in kinds.all_kinds():
        for name, field in forms.form_class(kind).base_fields.items():
            label = str(field.label)
            assert label[:1].isupper(), (kind.slug, name, label)
            assert not {"Ai", "Aims", "Eu", "Url"} & set(label.split()), (kind.slug, name, label)
