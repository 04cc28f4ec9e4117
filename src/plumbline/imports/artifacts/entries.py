"""The bytes of a file → what it says of each component or dataset that it describes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from plumbline.imports.artifacts.rules import DIGESTS, FILE_DIGEST, OTHERS, RULES, Pairs
from plumbline.imports.readers.delimited.encoding import decoded
from plumbline.imports.readers.model_card import reader as model_card
from plumbline.imports.readers.schemas import declared
from plumbline.imports.readers.sheet import squeeze, tidy
from plumbline.imports.readers.structured import reader as structured
from plumbline.imports.readers.structured.flat import flat
from plumbline.imports.readers.structured.paths import JSON, entries_at
from plumbline.imports.readers.typed.formats import recognised
from plumbline.imports.reading import READ_AS_FOUND
from plumbline.imports.suggested.rules import Take, TypedMap
from plumbline.kernel.messages import Text

CARRIED_BY = frozenset(OTHERS)
"""Kinds of record whose files are read for facts."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Fact:
    """One thing that a file says: the ``field`` of the record that it speaks of (empty where there is none,
    then ``label`` says what it is), its text, and the ``place`` in the entry that it stands in."""

    field: str
    text: str
    place: str
    label: Text = ""


@dataclass(frozen=True)
class Entry:
    """One part that a file describes: where it stands, what it is called, and what is said of it."""

    place: str
    name: str
    title: str
    version: str
    digest: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Artifact:
    """A file of a published format. ``schema`` is what it was held to, empty where none is at hand."""

    format: str
    entries: tuple[Entry, ...] = ()
    schema: str = ""
    misfits: tuple[Text, ...] = field(default=())


def artifact(kind: str, content: bytes) -> Artifact | None:
    """What a file of a published format says of records of ``kind``; None for any other file.

    Raises `Malformed` and `TooLarge` as reading it for an import does.
    """
    text, encoding = decoded(content, "")
    if structured.is_json(text):
        document, _ = structured.parsed(text)
        return _of_document(kind, document)
    if model_card.is_card(text):
        sheet = model_card.read(text, encoding, READ_AS_FOUND)
        cells = dict(zip(sheet.columns, sheet.rows[0].cells, strict=True))
        rules = [rule for rule in RULES if rule.kind == kind and sheet.format.startswith(rule.format)]
        return Artifact(sheet.format, tuple(_entry(rule, cells, "") for rule in rules))
    return None


def _of_document(kind: str, document: JSON) -> Artifact | None:
    known = recognised(document)
    if known is None:
        return None
    checked = declared.check(document)
    found = []
    for rule in RULES:
        if rule.kind == kind and known.format.startswith(rule.format):
            for number, (_, entry) in enumerate(entries_at(document, rule.path)):
                place = f"{rule.path}[{number}]" if rule.path else ""
                cells = {name: text for name, (text, _) in flat(entry, f"entry {number + 1}").items()}
                if rule.only is None or cells.get(rule.only[0], "") in rule.only[1]:
                    found.append(_entry(rule, cells, place))
    return Artifact(
        known.format,
        tuple(found),
        checked.name if checked is not None and checked.is_whole else "",
        tuple(fault.message for fault in declared.faults(checked)) if checked is not None else (),
    )


def _entry(rule: TypedMap, cells: Cells, place: str) -> Entry:
    facts = [fact for name, take in rule.fields.items() if (fact := _taken(name, take, cells))]
    digest, digest_place = _digest(cells)
    if digest:
        facts.append(Fact("digest", digest, digest_place))
    facts += _others(rule.kind, cells, {fact.place for fact in facts if fact.field == "datasets"})
    said = {fact.field: fact.text for fact in facts}
    title = said.get("title", "")
    return Entry(place, cells.get("name") or title, title, said.get("version", ""), digest, tuple(facts))


def _taken(name: str, take: Take, cells: Cells) -> Fact | None:
    """What a file says of one field, as a proposed map takes it; a constant is no word of the file."""
    columns = [column for column in take.columns if cells.get(column, "").strip()]
    columns = columns[:1] if take.first else columns
    if not columns:
        return None
    texts = [tidy(cells[column]) for column in columns]
    if take.labelled and len(columns) > 1:
        texts = [f"{column.rpartition('.')[2]}: {text}" for column, text in zip(columns, texts, strict=True)]
    text = take.join.join(texts)
    return Fact(name, take.values.get(text, text), ", ".join(columns))


def _parts(text: str) -> list[str]:
    """The values that a cell was joined of."""
    return [part.strip() for part in text.split("\n" if "\n" in text else ", ") if part.strip()]


def _digest(cells: Cells) -> tuple[str, str]:
    """The SHA-256 that is given, in lower-case hex, and where; empty without one, or with several files."""
    for names, values in DIGESTS:
        pairs = zip(_parts(cells.get(names, "")), _parts(cells.get(values, "")), strict=False)
        for name, value in pairs:
            if re.sub(r"[^0-9a-z]", "", name.casefold()) == "sha256" and _SHA256.fullmatch(value.lower()):
                return value.lower(), values
    files = _parts(cells.get(FILE_DIGEST, ""))
    if len(files) == 1 and _SHA256.fullmatch(files[0].lower()):
        return files[0].lower(), FILE_DIGEST
    return "", ""


def _others(kind: str, cells: Cells, shown: set[str]) -> Iterator[Fact]:
    """What is said that has no field of its own."""
    for rule in OTHERS[kind]:
        if isinstance(rule, Pairs):
            names, values = _parts(cells.get(rule.names, "")), _parts(cells.get(rule.values, ""))
            if not values:
                continue
            # Where one of them lacks a name, nobody can tell whose value is whose.
            if len(names) == len(values):
                text = "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
            else:
                text = "\n".join(values)
            yield Fact("", text, rule.values, rule.label)
        else:
            column = next((name for name in rule.columns if cells.get(name, "").strip()), "")
            if column and column not in shown:
                yield Fact("", squeeze(cells[column]), column, rule.label)
