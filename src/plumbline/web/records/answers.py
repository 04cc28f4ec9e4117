"""A record that is begun from another one which then names it: an incident and its nonconformity.

Most records name what they are about, so that their form begins with it. Where it is the other way round, the
record that was there is changed after the new one is recorded, by its own entry.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Problem
from plumbline.records import commands, forms, kinds, queries
from plumbline.web import dates
from plumbline.web.requirements import related

NAMED_BY = "named_by"
"""In the address of a form: reference and field of the record that is to name the new one."""


def new_href(actor: Actor, slug: str, reference: str, field: str, **values: str) -> str:
    """The address of the form of a record that ``reference`` then names in ``field``; empty where the reader
    may not make one."""
    kept = {name: value for name, value in values.items() if value}
    return related.new_href(actor, slug, **kept, **{NAMED_BY: f"{reference}.{field}"})


def name_there(request: HttpRequest, actor: Actor, made: str) -> None:
    """Have the record that the form began from name ``made``; what is refused is said, and ``made`` stays."""
    reference, _, field = str(request.GET.get(NAMED_BY, "")).partition(".")
    if not field:
        return
    try:
        record, kind = queries.find(actor, reference)
        offered = field in forms.form_class(kind).base_fields and kind.field(field).many_to_many
        if not offered or kind.field(field).related_model is not kinds.of_reference(made).model:
            return
        before = forms.initial_values(record, kind)[field]
        saved = commands.amend(actor, reference, {field: [*before, made]}, revision=record.revision)
    except Problem as refused:
        text = gettext("{reference} does not name it: {reason}")
        messages.warning(request, text.format(reference=reference, reason=refused.detail))
        return
    messages.success(
        request,
        gettext("{reference} names it now, entry {entry}.").format(
            reference=saved.reference, entry=dates.number(saved.leaf)
        ),
    )
