"""The option ``--as-of``: what was known and in force when a day was over."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from plumbline.kernel import clock
from plumbline.kernel.as_of import known_at
from plumbline.kernel.problems import Fault, Invalid

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", help="As of the end of this day, such as 2026-11-20, or of an instant.", show_default=False
    ),
]


def parse_as_of(text: str | None) -> datetime | None:
    """The instant that ``text`` names; None without one. Raises `Invalid`, also for a day that has not come.

    To be asked once the data folder is open: its settings say where a day ends.
    """
    if text is None:
        return None
    try:
        return known_at(clock.instant_of(text))
    except ValueError:
        raise Invalid(
            "Nothing was shown.", [Fault("as-of", "is not a day or an instant", "such as 2026-11-20")]
        ) from None
