"""What is said of a field of a row: refused, left out, cut short, filled in. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from plumbline.kernel.messages import Text, worded

Sort = Literal[
    "refused",
    "not understood",
    "partial",
    "dropped",
    "guessed",
    "defaulted",
    "shortened",
    "kept",
    "taken",
    "opened",
    "staying",
    "awaited",
    "held",
]
"""What became of a text of the file. *refused*: the row is not taken. *not understood*: it is no value of the
field, which is left out. *partial*: a date that says less than a day, so that the field is left out.
*dropped*: the map leaves it out. *guessed*: something was completed. *defaulted*: the map fills an empty
cell. *shortened*: it is longer than the field. *kept*: somebody has changed the field here, and that stays.
*taken*: somebody has changed it here, and the file replaces that. *awaited*: it comes with another list.
*opened*: the record is approved, and a revision of it is opened. *held*: a rule refuses the change, and what
stands here stays."""
NOTED: tuple[Sort, ...] = ("not understood", "partial", "shortened")
"""Texts that no field holds whole: they go to the note of the revision."""
SORTS: tuple[Sort, ...] = tuple(sort for sort in get_args(Sort) if sort not in ("refused", "staying"))
"""What can be said of a text whose row is taken."""


@dataclass(frozen=True)
class RowFault:
    """One thing about one row: the column of the file, the field it fills, what, and how to mend it.

    ``text`` is what stands in the file; ``sort`` what became of it.
    """

    column: str
    field: str
    message: Text
    remedy: Text = ""
    text: str = ""
    sort: Sort = "refused"

    def __post_init__(self) -> None:
        # As `Fault` does, so that the row says it in the language of whoever looks at it later.
        for name in ("message", "remedy"):
            text = getattr(self, name)
            if isinstance(text, str) and text:
                object.__setattr__(self, name, worded("row", text))


def note_lines(notices: list[RowFault]) -> list[str]:
    """The texts of the file that no field holds whole, each under its column."""
    return [f"{notice.column}: {notice.text}" for notice in notices if notice.sort in NOTED]
