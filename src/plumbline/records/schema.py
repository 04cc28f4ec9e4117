"""kind → JSON Schema (2020-12), read off the same form that cleans the values."""

from __future__ import annotations

from typing import Any

from django import forms

from plumbline.records import conditional, examples
from plumbline.records.form_fields import PersonChoice, RecordChoice, RecordChoices
from plumbline.records.forms import draft_form_class, form_class
from plumbline.records.kinds import Kind


def of_field(field: forms.Field) -> dict[str, Any]:
    """The schema of the values that one form field takes."""
    made = _shape(field)
    if not field.required and "type" in made and isinstance(made["type"], str):
        made["type"] = [made["type"], "null"]
        if "enum" in made:
            made["enum"] = [*made["enum"], "", None]
    text = str(field.help_text or "")
    return {"title": str(field.label), **({"description": text} if text else {}), **made}


def _shape(field: forms.Field) -> dict[str, Any]:
    if isinstance(field, (RecordChoices, forms.ModelMultipleChoiceField)):
        return {"type": "array", "items": {"type": "string"}}
    if isinstance(field, RecordChoice):
        return {"type": "string", "pattern": r"^[A-Z]{2,6}-\d{4,}$"} if field.required else {"type": "string"}
    if isinstance(field, (PersonChoice, forms.ModelChoiceField)):
        return {"type": "string"}
    if isinstance(field, forms.MultipleChoiceField):
        return {"type": "array", "items": {"type": "string", "enum": _words(field)}}
    if isinstance(field, forms.ChoiceField):
        return {"type": "string", "enum": _words(field)}
    if isinstance(field, (forms.BooleanField, forms.NullBooleanField)):
        return {"type": "boolean"}
    if isinstance(field, forms.DecimalField):
        return {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"} if field.required else {"type": "string"}
    if isinstance(field, forms.IntegerField):
        bounds = {"minimum": field.min_value, "maximum": field.max_value}
        return {"type": "integer", **{name: value for name, value in bounds.items() if value is not None}}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date"} if field.required else {"type": "string"}
    if isinstance(field, forms.CharField) and field.max_length:
        return {"type": "string", "maxLength": field.max_length}
    return {"type": "string"}


def _words(field: forms.ChoiceField | forms.MultipleChoiceField) -> list[str]:
    return [str(value) for value, _ in field.choices if value not in ("", None)]  # type: ignore[union-attr]  # flat choices


def of_kind(kind: Kind) -> dict[str, Any]:
    """The schema of the values that create takes; amend takes any part of them."""
    draft = kind.workflow.initial in kind.workflow.drafts
    fields = (draft_form_class(kind) if draft else form_class(kind)).base_fields
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.name,
        "description": kind.text,
        "type": "object",
        "properties": {
            name: of_field(field) | _condition(kind, name, field) | _default(kind, name)
            for name, field in fields.items()
        },
        "required": [
            name for name, field in fields.items() if field.required and not _has_default(kind, name)
        ],
        "additionalProperties": False,
        "examples": [examples.as_json(kind)],
    }


def _condition(kind: Kind, name: str, field: forms.Field) -> dict[str, str]:
    """The description of a field that is not always asked for, with when it is."""
    when = conditional.condition(kind, name)
    return {} if when is None else {"description": f"{field.help_text} {when}".strip()}


def _default(kind: Kind, name: str) -> dict[str, Any]:
    """The answer that a new record has where a program leaves a choice out; a page leaves it open."""
    field = kind.field(name)
    return {"default": field.get_default()} if field.flatchoices and field.has_default() else {}


def _has_default(kind: Kind, name: str) -> bool:
    return kind.field(name).has_default() or isinstance(
        form_class(kind).base_fields[name], forms.BooleanField
    )
