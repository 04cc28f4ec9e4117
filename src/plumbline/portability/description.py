"""The README of an export: what every file has, field by field, from the models themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from plumbline.portability.tables import LEFT_OUT, SECRET, Column, Table, natural_name, tables

_HEAD: Final = """# An organization, exported from Plumbline

Everything here is text in UTF-8: JSON Lines (one JSON object a line), except for the files of records, which
are as they were attached, under their SHA-256. `manifest.json` names every file with its size and SHA-256.

- What refers to a record, a person or a unit names it by its reference (`RSK-0007`), opaque id or short name;
  any other reference is the `id` of a line in the file of that table.
- Instants are RFC 3339 in UTC, days ISO 8601, decimals texts, bytes base64.
- `leaf` is the number of the entry of the log that proves a line: `log/entries.jsonl`, `index`.

## The log

`log/entries.jsonl` has every entry as the exact text that was hashed: its leaf hash is SHA-256 over a zero
byte and the UTF-8 bytes of `entry`, and the tree over them is that of RFC 6962. `manifest.json` states the
root, the newest signed checkpoint and the public key that signed it (C2SP checkpoint and signed note).
`log/openings.jsonl` has what entries commit to: SHA-256 over the byte 2, the 32 bytes of `salt` and the bytes
of `body` is the commitment `slot` of the entry. An opening that was erased is not here; an entry of the type
`trail.erased` names it. `log/checkpoints.jsonl` has every signed checkpoint.
`events/segments.jsonl` has the sealed segments of telemetry with the commitments of their events in order,
and `events/openings.jsonl` the events themselves, committed to in the same way.

## To begin anew elsewhere

    plumbline organization import EXPORT --data NEW_FOLDER

References, links, states, history, approvals, comments, files, people and units stay. Passwords, second
factors and tokens are not here: people get a new link to sign in, and programs a new token.
"""


def readme(facts: Mapping[str, Any]) -> str:
    """The README of one export: the general part, what was counted, and the fields of every file."""
    counts = facts["counts"]
    lines = [_HEAD, "## What is here\n", "| File | Lines |", "|---|---|"]
    lines += [f"| `{place}` | {count} |" for place, count in counts.items()]
    return "\n".join([*lines, "", *_fields(), *_left_out()]) + "\n"


def reference() -> list[str]:
    """The page of the reference: the same without the counts of one export."""
    return [
        *_HEAD.replace("# An organization, exported from Plumbline", "# The export format").splitlines(),
        "",
        *_fields(),
        *_left_out(),
    ]


def _fields() -> Iterator[str]:
    yield "## Fields\n"
    for table in tables():
        yield f"### `{table.place}`\n"
        yield f"{_first_line(table)}\n"
        yield "| Field | | Meaning |"
        yield "|---|---|---|"
        for column in table.columns:
            yield f"| `{column.name}` | {_type(column)} | {_meaning(column)} |"
        yield ""


def _first_line(table: Table) -> str:
    text = (table.model.__doc__ or "").strip().split("\n\n")[0]
    return "" if text.startswith(table.model.__name__ + "(") else " ".join(text.split())


def _type(column: Column) -> str:
    if column.target is not None:
        by = natural_name(column.target)
        named = (
            f"{by} of {column.target._meta.verbose_name}"
            if by
            else f"id of {column.target._meta.label_lower}"
        )
        return f"list: {named}" if column.is_list else named
    return column.field.get_internal_type().removesuffix("Field").lower()


def _meaning(column: Column) -> str:
    return " ".join(str(column.field.help_text or column.field.verbose_name).split()).replace("|", "\\|")


def _left_out() -> Iterator[str]:
    yield "## What is not here\n"
    yield "| Table | Why |"
    yield "|---|---|"
    for label, why in LEFT_OUT.items():
        yield f"| `{label}` | {why} |"
    for label, names in SECRET.items():
        yield f"| `{label}`: {', '.join(names)} | secret; it stays in the old installation |"
