"""What commands about one record share: its address in the API, and what is said of an entry about it."""

from __future__ import annotations

from typing import Any

from plumbline.cli import output
from plumbline.cli.installation import start_django


def address(reference: str, part: str) -> str:
    """Where the API has a part of a record, such as its comments. Raises `NotFound` for no such prefix."""
    # The kinds of record are models, which cannot be imported before Django is set up.
    start_django()
    from plumbline.records import kinds

    return f"api/v1/{kinds.of_reference(reference).plural}/{reference.upper()}/{part}"


def say_entry(found: Any, json: bool) -> None:
    """Print the record and the entry of an answer, or the whole answer as JSON."""
    if json:
        output.as_json(found)
        return
    output.note(f"{found['reference']}, entry {found['leaf']}.")
