"""What may not come in of an exported register: a key or a link that would mean another record here."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.imports.mapping import RegisterMap
from plumbline.imports.notices import RowFault
from plumbline.imports.rows import MappedRow
from plumbline.kernel.messages import say
from plumbline.records import qualified
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.qualified.queries import Homes


def faults(
    kind: Kind, register: RegisterMap, row: MappedRow, record: Record | None, known: Homes
) -> Iterator[RowFault]:
    """What is wrong with the key and the links of ``row``; ``record`` has its key here, if any."""
    if record is None:
        yield from _key_faults(kind, register, row, known)
    yield from _link_faults(kind, register, row, known)


def _key_faults(kind: Kind, register: RegisterMap, row: MappedRow, known: Homes) -> list[RowFault]:
    """What is wrong with the key of a row that no record here has."""
    key = qualified.parse(row.key)
    if key is None:
        return []
    column = ", ".join(register.key)
    if key.prefix != kind.prefix:
        message = say(
            "imports.key-of-another-kind", "{key} is the key of another kind of record", key=row.key
        )
        return [RowFault(column, "", message, "import the file as the kind that it was exported from")]
    if known.is_own(key):
        # Given to the next new record, the key would later name two: this one and the one of that number.
        message = say(
            "imports.key-not-here",
            "{key} would be a record of this installation, which has none of it",
            key=row.key,
        )
        return [
            RowFault(
                column, "", message, "restore a backup that has the record, or empty the key and give another"
            )
        ]
    return []


def _link_faults(kind: Kind, register: RegisterMap, row: MappedRow, known: Homes) -> Iterator[RowFault]:
    """References without their installation in a row from another one: here they may mean any record."""
    key = qualified.parse(row.key)
    if key is None or known.of(key.reference) == key.installation == known.own:
        return
    columns = {item.name: ", ".join(item.columns) for item in register.fields}
    for name, value in row.values.items():
        if name in kind.own_fields and kind.field(name).is_relation:
            for text in value if isinstance(value, list) else [value]:
                if qualified.is_bare(text):
                    message = say(
                        "imports.reference-of-nowhere",
                        "{reference} does not say of which installation it is",
                        reference=text,
                    )
                    remedy = say("imports.qualify", "write {example}", example=f"{text}@{key.installation}")
                    yield RowFault(columns.get(name, ""), name, message, remedy)
