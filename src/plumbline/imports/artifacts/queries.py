"""What the files of a component or dataset say of it, beside what its fields say. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.imports.artifacts.entries import CARRIED_BY, Artifact, Entry, Fact, artifact
from plumbline.imports.reading import fold
from plumbline.kernel.messages import Item, Listing, Text, say
from plumbline.kernel.problems import Malformed, NotFound, TooLarge
from plumbline.records import files, names
from plumbline.records import queries as records
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.models import Attachment, Record
from plumbline.records.related import queries as related

LARGEST = 2_000_000  # bytes
MOST = 10
SAME, DIFFERS, ONLY_FILE, BESIDE = "same", "differs", "only in the file", "no field"
"""What a fact is to the record: as its field says, otherwise, its field is empty, it has no such field."""
_ENDINGS = (".json", ".jsonl", ".md", ".markdown")


@dataclass(frozen=True)
class StatedFact:
    """What a file says and what the record says: ``own`` is its field as text, ``state`` one of the four."""

    fact: Fact
    own: str
    state: str


@dataclass(frozen=True)
class FileFacts:
    """What one file says. Without an ``entry``, ``note`` says why none of it is taken for this record.

    ``schema`` is the published schema that all of it was held to, empty where none is at hand.
    """

    file: Attachment
    format: str
    schema: str
    entry: Entry | None
    facts: tuple[StatedFact, ...]
    note: Text = ""
    misfits: tuple[Text, ...] = ()

    @property
    def differing(self) -> int:
        """How many facts are otherwise than the record says."""
        return sum(row.state == DIFFERS for row in self.facts)


def carries(kind: Kind) -> bool:
    """Whether files of records of ``kind`` are read for facts."""
    return kind.slug in CARRIED_BY


def of_reference(actor: Actor, reference: str) -> tuple[FileFacts, ...]:
    """As `of_record`. Raises `NotFound` for a kind whose files are not read, besides what `find` raises."""
    record, kind = records.find(actor, reference)
    if not carries(kind):
        raise NotFound("Only files of components and datasets are read for facts.")
    return of_record(actor, kind, record, related.hanging(record).attachments)


def of_record(
    actor: Actor, kind: Kind, record: Record, attached: Iterable[Attachment]
) -> tuple[FileFacts, ...]:
    """What the newest `MOST` files of published formats say of a record, the newest first; those that other
    files replace are left out. ``attached`` are its files, as `related.hanging` has them."""
    rows = list(attached)
    replaced = {row.replaces_id for row in rows}
    standing = [row for row in rows if row.pk not in replaced and _may_be_read(row)]
    said = None
    found = []
    for row in sorted(standing, key=lambda row: -row.pk)[:MOST]:
        if row.size > LARGEST:
            note = say("artifact.too-large", "The file is too large for its facts to be read out here.")
            found.append(FileFacts(row, "", "", None, (), note))
        elif (read := _read(kind.slug, row.sha256)) is not None:
            said = said or _own_texts(actor, kind, record)
            found.append(_compared(row, read, said))
    return tuple(found)


def _may_be_read(row: Attachment) -> bool:
    named = row.name.casefold().endswith(_ENDINGS)
    return bool(row.sha256) and (named or "json" in row.media_type or "markdown" in row.media_type)


def _read(kind: str, sha256: str) -> Artifact | None:
    """The file with these bytes; None where it is of no published format or cannot be read."""
    try:
        return _kept(kind, sha256)
    except (Malformed, TooLarge, NotFound):
        return None


@lru_cache(maxsize=16)
def _kept(kind: str, sha256: str) -> Artifact | None:
    return artifact(kind, files.read(sha256))


def _own_texts(actor: Actor, kind: Kind, record: Record) -> Mapping[str, Sequence[str]]:
    """What the record says in each field: its texts, records that it names by their titles."""
    values: Mapping[str, Any] = plain_values.snapshot(record, kind)["values"]
    named = {field.name for field in kind.model._meta.get_fields() if field.is_relation}
    references = [
        str(each)
        for name in named & values.keys()
        for each in (values[name] if isinstance(values[name], list) else [values[name]])
        if each
    ]
    titles = names.titles(actor, references)
    found: dict[str, Sequence[str]] = {}
    for name, value in values.items():
        listed = value if isinstance(value, list) else [] if value in (None, "") else [value]
        texts = [titles.get(str(each), "") if name in named else str(each) for each in listed]
        found[name] = [text for text in texts if text]
    return found


def _compared(row: Attachment, read: Artifact, own: Mapping[str, Sequence[str]]) -> FileFacts:
    entry, note = _chosen(read, own)
    facts = tuple(_stated(fact, own) for fact in entry.facts) if entry is not None else ()
    return FileFacts(row, read.format, read.schema, entry, facts, note, read.misfits)


def _stated(fact: Fact, own: Mapping[str, Sequence[str]]) -> StatedFact:
    if not fact.field:
        return StatedFact(fact, "", BESIDE)
    mine = own.get(fact.field, ())
    if not mine:
        return StatedFact(fact, "", ONLY_FILE)
    text = ", ".join(mine)
    same = fold(text) == fold(fact.text) or (
        len(mine) > 1 and {fold(each) for each in mine} == {fold(each) for each in fact.text.split(",")}
    )
    return StatedFact(fact, text, SAME if same else DIFFERS)


def _chosen(read: Artifact, own: Mapping[str, Sequence[str]]) -> tuple[Entry | None, Text]:
    """The entry that is the record: by digest, else by name (and version), else the only one."""
    if not read.entries:
        return None, say("artifact.of-nothing", "It describes nothing that this record could be.")
    digest, title = "".join(own.get("digest", ())), fold("".join(own.get("title", ())))
    version = "".join(own.get("version", ()))
    alike = [entry for entry in read.entries if digest and entry.digest == digest] or [
        entry for entry in read.entries if title in (fold(entry.name), fold(entry.title))
    ]
    if len(alike) > 1:
        alike = [entry for entry in alike if entry.version == version] or alike
    if len(alike) == 1:
        return alike[0], ""
    if not alike and len(read.entries) == 1:
        return read.entries[0], ""
    listing = Listing(tuple(Item(entry.title or entry.place) for entry in (alike or read.entries)))
    if alike:
        return None, say("artifact.several-alike", "Several parts in it are called like this: {parts}.",
                         parts=listing)  # fmt: skip
    return None, say("artifact.none-alike", "None of the parts in it is called like this record: {parts}.",
                     parts=listing)  # fmt: skip
