"""Emptying records, what hangs on them, their place in lists, and answers that repeat them."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import Q

from plumbline.kernel.messages import say
from plumbline.records import guard, kinds
from plumbline.records.list_index import commands as list_index
from plumbline.records.models import (
    Approval,
    Attachment,
    AttachmentDates,
    Comment,
    CommentAct,
    IdempotencyKey,
    Record,
    Revision,
)
from plumbline.records.related.models import Link
from plumbline.records.search_index import commands as search_index
from plumbline.records.working_copies.models import WorkingCopy

_NO_DATES = {"document_date": None, "valid_until": None}


def marker(leaf: int) -> str:
    """What stands where content was: by which entry it was erased."""
    return str(say("record.erased", "Erased (entry {entry})", entry=leaf))


def existing(references: Collection[str]) -> list[str]:
    """Those of these references that records have."""
    return sorted(Record.objects.filter(reference__in=references).values_list("reference", flat=True))


def files_of(references: Collection[str]) -> set[str]:
    """Digests of files that only these records have."""
    own = Attachment.objects.filter(record__reference__in=references)
    digests = set(own.values_list("sha256", flat=True)) - {""}
    others = Attachment.objects.filter(sha256__in=digests).exclude(record__reference__in=references)
    return digests - set(others.values_list("sha256", flat=True))


def erase_rows(references: Collection[str], leaf: int) -> None:
    """Empty texts, numbers, dates and files of these records; what tells them apart and states stay."""
    if not references:
        return
    text = marker(leaf)
    with guard.opened("erasure"):
        for record in Record.objects.filter(reference__in=references):
            _erase_record(record, text)
        of_them = Q(record__reference__in=references)
        Revision.objects.filter(of_them).exclude(note="").update(note=text)
        Approval.objects.filter(of_them).exclude(reason="").update(reason=text)
        Comment.objects.filter(of_them).update(text=text)
        CommentAct.objects.filter(comment__record__reference__in=references).exclude(text="").update(
            text=text
        )
        Attachment.objects.filter(of_them).update(name=text, media_type="", size=0, sha256="", **_NO_DATES)
        AttachmentDates.objects.filter(attachment__record__reference__in=references).update(**_NO_DATES)
        search_index.write_additions(
            set(Record.objects.filter(reference__in=references).values_list("pk", flat=True))
        )
        search_index.compact()
        # A link belongs to the record that says so; what others say of this one is content of theirs.
        Link.every.filter(source__reference__in=references).exclude(note="").update(note=text)


def _erase_record(record: Record, text: str) -> None:
    kind = kinds.get(record.kind)
    row = kind.model._default_manager.get(pk=record.pk)
    row.title, row.key, row.effective_from = text, None, None
    names = ["title", "key", "effective_from"]
    for name in kind.own_fields:
        field = kind.field(name)
        emptied, value = _emptied(field)
        if emptied:
            setattr(row, name, value)
            names.append(name)
    # Not through `save`, which a kind may refine with rules for what people write.
    own = {name: getattr(row, name) for name in names if name in kind.own_fields}
    Record.objects.filter(pk=record.pk).update(title=text, key=None, effective_from=None)
    if own:
        kind.model._default_manager.filter(pk=record.pk).update(**own)
    row.refresh_from_db()
    list_index.write(kind, [(row, {})], new=False)
    search_index.write(kind, [row], new=False)


def _emptied(field: models.Field[Any, Any]) -> tuple[bool, Any]:
    """Whether a field is emptied, and the value that it has then.

    Identifiers (unique fields), choices and relations stay: they are what other records and telemetry refer
    to.
    """
    if field.is_relation or field.unique or field.choices:
        return False, None
    if field.null:
        return True, None
    if isinstance(field, models.CharField | models.TextField):
        return True, ""
    if field.has_default():
        return True, field.get_default()
    if isinstance(field, models.JSONField):
        return True, {}
    return False, None


def forget_answers(texts: Collection[str]) -> None:
    """Empty kept answers (`records.idempotency`) that repeat one of these references, ids or names."""
    for text in {text for text in texts if len(text) > 2}:
        rows = IdempotencyKey.objects.filter(Q(body__contains=text) | Q(headers__contains=text))
        rows.update(body="", headers="{}", body_sha256="")


def forget_typing(references: Collection[str], people: Collection[str], texts: Collection[str]) -> None:
    """Remove what was typed into forms and not saved: about these records, by these people, and what has one
    of these texts in it, whoever typed it."""
    gone = Q(record__reference__in=references) | Q(person__handle__in=people)
    for text in {text for text in texts if len(text) > 2} - {*references, *people}:
        # As it stands inside of the JSON of a copy.
        gone |= Q(values__contains=json.dumps(text)[1:-1])
    WorkingCopy.objects.filter(gone).delete()
