"""What answers each requirement statement: the records with named columns, the pages and the checks.

A table in two files of `shown`: a row for each of the 109 statements of ISO/IEC 42001, and one for each row
of documented information of its sub-clauses. What has no answer yet says so aloud (``missing``). Kinds,
columns, pages and checks are names here, since rooms above declare them; a test holds that each exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from plumbline import catalogs
from plumbline.catalogs.loader import CatalogError
from plumbline.catalogs.shapes import Requirement, Row

FOLDER = Path(__file__).parent / "shown"


class Answer(Row, frozen=True, kw_only=True):
    """What answers one statement: ``records`` are kinds with the columns that hold it, ``pages`` reports and
    pages by name, ``checks`` what judges it, ``missing`` what nobody can show here yet."""

    statement: str
    records: dict[str, tuple[str, ...]] = {}
    pages: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    missing: str = ""

    @property
    def is_there(self) -> bool:
        """Whether anything here answers it, be it in part."""
        return bool(self.records or self.pages or self.checks)


class Kept(Row, frozen=True, kw_only=True):
    """Where one row of documented information is kept: the kinds with the columns that hold it."""

    requirement: str
    what: str
    records: dict[str, tuple[str, ...]]
    missing: str = ""


@lru_cache(maxsize=1)
def statements() -> Mapping[str, Answer]:
    """By id of the statement, in the order of the standard. Raises `CatalogError` for a statement that has no
    row, has two, or has a row that says nothing."""
    rows = msgspec.json.decode((FOLDER / "statements.json").read_bytes(), type=list[Answer])
    found = {row.statement: row for row in rows}
    wanted = [row.id for row in catalogs.statements()]
    if [row.statement for row in rows] != wanted:
        odd = sorted(found.keys() ^ set(wanted)) or ["the order"]
        raise CatalogError(f"shown/statements.json: {', '.join(odd)} is not as the standard has it")
    silent = [row.statement for row in rows if not row.is_there and not row.missing]
    if silent:
        raise CatalogError(f"shown/statements.json: {', '.join(silent)} says nothing")
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def documented() -> tuple[tuple[Requirement, Kept], ...]:
    """Every row of documented information with where it is kept. Raises `CatalogError` where one is not."""
    rows = msgspec.json.decode((FOLDER / "documented.json").read_bytes(), type=list[Kept])
    wanted = [(row.id, what) for row, _, what in catalogs.documented()]
    if [(row.requirement, row.what) for row in rows] != wanted:
        raise CatalogError("shown/documented.json: not the rows of documented information in their order")
    return tuple((catalogs.requirement(row.requirement), row) for row in rows)
