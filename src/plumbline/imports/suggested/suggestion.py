"""The map that fits a file of a published format: read at the right list, fitted to its columns, as YAML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from plumbline.imports import mapping, matching, own_format, reading
from plumbline.imports.directory.declarations import Target
from plumbline.imports.matching import Choices
from plumbline.imports.reading import READ_AS_FOUND, ReadOptions, Sheet, squeeze
from plumbline.imports.suggested import judgements, parts
from plumbline.imports.suggested.rules import Take, TypedMap
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import kinds
from plumbline.records.kinds import Kind

MAPS: tuple[TypedMap, ...] = (
    *parts.CYCLONEDX, *parts.SPDX, *parts.CROISSANT, *parts.OPENLINEAGE, *parts.CARDS, *judgements.OSCAL,
    *judgements.ANSWERS, *judgements.AVID,
)  # fmt: skip


@dataclass(frozen=True)
class Other:
    """Another list of the same file that has a map: its kind, path and how many entries it has."""

    kind: Kind
    path: str
    rows: int


def options_for(sheet: Sheet, kind: Target) -> ReadOptions:
    """How a file is read as records of ``kind``, where a list of it is of that kind; else as it is found."""
    if sheet.kind == kind.slug:
        return READ_AS_FOUND
    places = [place for place in _places(sheet) if _rule(sheet.format, place, kind.slug) is not None]
    return ReadOptions(path=places[0]) if places and places[0] else READ_AS_FOUND


def suggested(kind: Target, sheet: Sheet, *, constants: dict[str, str] | None = None) -> str:
    """The map (YAML) for a file of a published format read as ``kind``; empty where there is none.

    Each field takes what the columns of this file have; ``constants`` are values for every row, such as the
    AI system that all of them belong to.
    """
    rule = _rule(sheet.format, sheet.options.path, kind.slug)
    if rule is None:
        return ""
    fields = matching.fields(kind)
    made: dict[str, Any] = {}
    for name in fields:
        if constants and constants.get(name):
            made[name] = _constant(kind, name, constants[name])
        elif name in rule.fields and (found := _fitted(kind, name, rule.fields[name], sheet)):
            made[name] = found
    key = _key(rule, sheet)
    if "title" not in made or not key:
        return ""
    whole: dict[str, Any] = {"kind": kind.slug, **mapping.reading_words(sheet)}
    if sheet.options.path:
        whole["path"] = sheet.options.path
    whole["key"] = key
    if skipped := _skipped(rule, sheet):
        whole["skip"] = [skipped]
    whole["fields"] = made
    return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=110)


def choices(kind: Target, sheet: Sheet) -> Choices:
    """The proposed map as far as the form of columns can show it, else what columns look like."""
    words = yaml.safe_load(suggested(kind, sheet) or "{}")
    if not words:
        return matching.suggested(kind, sheet)
    made = Choices()
    for name, rule in words["fields"].items():
        if "constant" in rule:
            made.constants[name] = rule["constant"]
            continue
        columns = rule.get("columns") or [rule["column"]]
        made.columns[name] = columns[0]
        made.values[name] = rule.get("values", {})
        if len(columns) > 1:
            made.also[name], made.joins[name] = columns[1], rule["join"]
    made.digest = "digest" in words["key"]
    made.key = tuple(words["key"]["digest" if made.digest else "columns"])
    if skip := words.get("skip"):
        made.skip_column, made.skip_words = skip[0]["column"], tuple(skip[0]["is"])
    return made


def others(kind: Target, sheet: Sheet) -> tuple[Other, ...]:
    """What else of the file has a map: other lists, and the list that is read as another kind."""
    found = []
    for rule in MAPS:
        counts = _places(sheet)
        same = rule.kind == kind.slug and rule.path == sheet.options.path
        if (
            sheet.format.startswith(rule.format)
            and rule.path in counts
            and not same
            and kinds.exists(rule.kind)
        ):
            found.append(Other(kinds.get(rule.kind), rule.path, counts[rule.path]))
    return tuple(found)


def kind_said(sheet: Sheet) -> Kind | None:
    """The kind that the format says its rows are, if it is here: a newer version may export another one."""
    return kinds.get(sheet.kind) if sheet.kind and kinds.exists(sheet.kind) else None


def kind_of(content: bytes) -> str:
    """Slug of the kind of record that a file itself says its rows are. Raises `Invalid` when it says none."""
    sheet = reading.read(content)
    said = kind_said(sheet)
    if said is None:
        message = say("imports.kind-not-said", "is not said by a file in {format}", format=sheet.format)
        raise Invalid("The file was not taken.", [Fault("kind", message, "choose what each row is")])
    return said.slug


def map_of(kind: Target, content: bytes) -> str:
    """The map of a file that comes without one: an export of ours, or a file of a published format.

    Raises `Invalid` where neither has one, `Malformed` for a file that cannot be read.
    """
    if (own := own_format.sheet_of(kind, content)) is not None:
        return own_format.own_map(kind, own)
    sheet = reading.read(content)
    options = options_for(sheet, kind)
    found = suggested(kind, sheet if options == READ_AS_FOUND else reading.read(content, options))
    if found:
        return found
    remedy = "say in a map which column is what; only exports and files of published formats need none"
    raise Invalid("The file needs a map.", [Fault("map", "is missing", remedy)])


def _places(sheet: Sheet) -> dict[str, int]:
    """The lists of the file and how many entries each has."""
    listed = {table.place: table.rows or 0 for table in sheet.tables}
    return listed or {sheet.options.path: len(sheet.rows)}


def _rule(format_name: str, path: str, slug: str) -> TypedMap | None:
    fitting = (
        rule
        for rule in MAPS
        if rule.kind == slug and rule.path == path and format_name.startswith(rule.format)
    )
    return next(fitting, None)


def _filled(sheet: Sheet, column: str) -> Iterator[str]:
    """The texts of a column, those of rows without one as nothing."""
    place = sheet.place(column)
    for row in sheet.rows:
        yield squeeze(row.cells[place]) if place is not None and place < len(row.cells) else ""


def _constant(kind: Target, name: str, value: str) -> dict[str, str]:
    rule = {"constant": value}
    return {**rule, "split": ","} if matching.several(kind, name) else rule


def _fitted(kind: Target, name: str, take: Take, sheet: Sheet) -> dict[str, Any]:
    """The rule of one field by the columns that the file has a text in; empty where it has none."""
    if take.constant:
        return _constant(kind, name, take.constant)
    columns = [column for column in take.columns if any(_filled(sheet, column))]
    columns = columns[:1] if take.first else columns
    if not columns:
        return {}
    rule: dict[str, Any] = (
        {"column": columns[0]} if len(columns) == 1 else {"columns": columns, "join": take.join}
    )
    if take.labelled and len(columns) > 1:
        rule["labelled"] = "yes"
    if matching.several(kind, name):
        rule["split"] = take.split or ","
    if take.values:
        rule["values"] = dict(take.values)
    elif name == "slug":
        rule |= {"slug": "60", "once": "yes"}
    elif length := getattr(matching.fields(kind)[name], "max_length", None):
        rule["shorten"] = str(length)
    return rule


def _key(rule: TypedMap, sheet: Sheet) -> dict[str, list[str]]:
    """The first columns that tell the entries apart: one id, else a digest."""
    for columns in rule.keys:
        rows = list(zip(*(_filled(sheet, column) for column in columns), strict=True))
        if rows and all(any(row) for row in rows) and len(set(rows)) == len(rows):
            one = len(columns) == 1 and columns[0] in ("uuid", "SPDXID", "spdxId", "bom-ref")
            return {"columns" if one else "digest": list(_present(columns, sheet))}
    mapped = [column for columns in rule.keys for column in columns]
    fallback = list(dict.fromkeys(_present(mapped, sheet)))
    return {"digest": fallback} if fallback else {}


def _present(columns: Sequence[str], sheet: Sheet) -> Iterator[str]:
    return (column for column in columns if sheet.place(column) is not None)


def _skipped(rule: TypedMap, sheet: Sheet) -> dict[str, Any] | None:
    """The rows to leave out, where the file has such."""
    if rule.only is not None:
        column, kept = rule.only
        words = sorted(set(_filled(sheet, column)) - set(kept))
    elif rule.skip is not None:
        column, left = rule.skip
        words = sorted(set(_filled(sheet, column)) & set(left))
    else:
        return None
    return {"column": column, "is": words} if words and sheet.place(column) is not None else None
