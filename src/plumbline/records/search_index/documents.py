"""What is searched of a record: its texts as they were written, and their words as the index holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import models

from plumbline.records import files
from plumbline.records.kinds import Kind
from plumbline.records.models import Attachment, Comment, Record
from plumbline.records.search_index import folding

VERSION = 1
"""Raised when words are folded or chosen otherwise: the whole index is then written again."""
LONGEST = 100_000
"""Letters of each part of a document; PostgreSQL takes at most 1 MB of words for a record."""
LONGEST_FILE = 64_000
"""Bytes of a file that are read for its words."""
_TEXT_ENDINGS = (".csv", ".json", ".log", ".md", ".rst", ".txt", ".xml", ".yaml", ".yml")
_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/yaml")


def texts(record: Record, kind: Kind) -> Iterator[tuple[str, str]]:
    """Field and text of everything that somebody wrote into a record, besides its title.

    Choices, numbers and days are for filters; names of other records are found with those.
    """
    for name in kind.own_fields:
        field = kind.field(name)
        if field.is_relation or field.choices:
            continue
        value = getattr(record, name)
        # A field of several words from a list gives a tuple: those are choices too.
        if isinstance(field, models.CharField | models.TextField):
            if isinstance(value, str) and value:
                yield name, value
        elif isinstance(field, models.JSONField):
            yield from ((name, text) for text in _strings(value))


def _strings(value: object) -> Iterator[str]:
    """The texts in a JSON value, ordered by name: PostgreSQL does not keep the order of members."""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict):
        for _, each in sorted(value.items()):
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)


def text_of_file(attachment: Attachment) -> str:
    """The beginning of a text file; nothing of any other, and of one whose content was erased."""
    name, media_type = attachment.name.lower(), attachment.media_type.lower()
    if not attachment.sha256 or not (media_type.startswith(_TEXT_TYPES) or name.endswith(_TEXT_ENDINGS)):
        return ""
    content = files.beginning(attachment.sha256, LONGEST_FILE)
    # What says that it is text and holds a NUL is a program or a picture.
    return "" if b"\0" in content else content.decode(errors="ignore")


def of_record(record: Record, kind: Kind) -> dict[str, str]:
    """The columns of the index that follow from the record itself."""
    return {
        "title": _joined([record.title, record.reference, record.key or ""]),
        "texts": _joined(text for _, text in texts(record, kind)),
    }


def of_additions(
    comments: Sequence[Comment], attachments: Sequence[Attachment], beside: Sequence[tuple[str, str]] = ()
) -> dict[str, str]:
    """The columns that follow from what hangs on a record, the newest of it first; ``beside`` are texts that
    other rooms keep beside it, each with where it stands."""
    newest_files = sorted(attachments, key=lambda row: -row.pk)
    file_texts = [text for row in newest_files for text in (row.name, text_of_file(row))]
    return {
        "comments": _joined(row.text for row in sorted(comments, key=lambda row: -row.pk)),
        "files": _joined((*file_texts, *(text for _, text in beside))),
    }


def _joined(parts: Iterable[str]) -> str:
    found, left = [], LONGEST
    for part in parts:
        text = " ".join(folding.words(part[:left]))[:left]
        if text:
            found.append(text)
            left -= len(text) + 1
        if left <= 0:
            break
    return "\n".join(found)
