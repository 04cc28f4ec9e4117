"""How much a file may hold, and the refusals that say where it does not keep to that."""

from __future__ import annotations

import csv

from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Fault, Malformed, TooLarge

ROW_LIMIT = 100_000
COLUMN_LIMIT = 1_000
GRID_LIMIT = 6_000_000
"""Cells of one table: 100,000 rows of 60 columns."""
CELL_LIMIT = csv.field_size_limit()  # characters
TEXT_LIMIT = 150_000_000
"""Characters of all the texts of one file, each counted once however many cells show it."""
UNPACKED_LIMIT = 400_000_000  # bytes
PARTS_LIMIT = 5_000
RATIO_LIMIT = 250
"""How many bytes one byte of a part may unpack to; tables of real workbooks stay below 60."""
RATIO_FROM = 8_000_000  # bytes
"""Below that size a ratio says nothing: an empty style sheet packs as well as a bomb."""


def malformed(what: Text, remedy: Text, field: str = "file") -> Malformed:
    """The refusal of a file for one reason."""
    return Malformed("The file was not read.", [Fault(field, what, remedy)])


def too_large(what: Text, remedy: Text) -> TooLarge:
    """The refusal of a file that holds more than is read."""
    return TooLarge("The file was not read.", [Fault("file", what, remedy)])


def too_many_rows(row_limit: int) -> TooLarge:
    """The refusal of a table with too many rows."""
    return too_large(
        say("imports.has-over-rows", "has over {row_limit} rows", row_limit=row_limit), "split the file"
    )


def too_many_columns() -> TooLarge:
    """The refusal of a table with too many columns."""
    return too_large(
        say("imports.has-over-columns", "has over {column_limit} columns", column_limit=COLUMN_LIMIT),
        "leave some out",
    )


def long_cell(place: str) -> Malformed:
    """The refusal of a cell that no record could take; ``place`` says which."""
    what = say(
        "imports.cell-over-characters",
        "{place} has a cell of over {limit} characters",
        place=place,
        limit=f"{CELL_LIMIT:,}",
    )
    return malformed(what, "shorten it")
