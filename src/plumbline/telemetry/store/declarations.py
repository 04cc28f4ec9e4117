"""What one column or one counter of the evidence store is, declared on the field of the row that holds it.

A row type (`plumbline.telemetry.store.port`) is an ordinary struct whose fields carry one of these values in
their annotation. The table, the statement, the order of its columns and the decoding of its answer follow
from that declaration, by name. Adding a counter is adding one line to the row type.

Conditions and expressions are plain SQL over the columns of ``events`` and the derived columns that the row
type names; an adapter for another engine renders the same declarations in its own dialect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args, get_type_hints

ALWAYS = "TRUE"


@dataclass(frozen=True)
class Column:
    """A stored column: its SQL type, and how it is read from an event.

    ``read`` is ``None`` for a column that does not depend on the event but on the segment it came in.
    """

    kind: str
    read: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Expression:
    """A column of an answer that is an expression over the group."""

    sql: str


@dataclass(frozen=True)
class Count:
    """How many rows of the group meet a condition."""

    where: str


@dataclass(frozen=True)
class Sum:
    """The sum of an expression over the rows of the group that meet a condition; 0 when there are none."""

    of: str
    where: str = ALWAYS


@dataclass(frozen=True)
class Bins:
    """Counts of an expression between ascending ``edges``: one more count than edges.

    The first bin is below the first edge, the last from the last edge on; an edge belongs to the bin
    above it.
    """

    of: str
    edges: tuple[float, ...]
    where: str = ALWAYS


Declaration: TypeAlias = Column | Expression | Count | Sum | Bins
_KINDS = (Column, Expression, Count, Sum, Bins)


@dataclass(frozen=True)
class Declared:
    """A field of a row type: its name, the Python type of its values and what it is."""

    name: str
    python: Any
    declaration: Declaration


def declared(row: type) -> tuple[Declared, ...]:
    """The fields of ``row``, in order. Raises ``TypeError`` for a field that declares nothing."""
    fields = []
    for name, hint in get_type_hints(row, include_extras=True).items():
        python, *extras = get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
        declarations = [extra for extra in extras if isinstance(extra, _KINDS)]
        if len(declarations) != 1:
            raise TypeError(f"{row.__name__}.{name} must declare exactly one column or counter")
        fields.append(Declared(name, python, declarations[0]))
    return tuple(fields)


def columns(row: type) -> dict[str, Column]:
    """The stored columns of a table row, by name, in order."""
    stored: dict[str, Column] = {}
    for field in declared(row):
        if not isinstance(field.declaration, Column):
            raise TypeError(f"{row.__name__}.{field.name} is not a stored column")
        stored[field.name] = field.declaration
    return stored
