"""Cases of the checks that something is in writing. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Case, case
from plumbline.controls.library.cases.samples import document


def of(number: str, types: tuple[str, ...]) -> tuple[Case, ...]:
    """The cases of a check that a document of one of ``types`` answers requirement ``number``."""
    asked: dict[str, Any] = {"type": types[0], "requirements": [f"iso42001:{number}"]}
    return (
        case("fails", f"No approved document of our own in date answers {number}.", population=0),
        case("fails", "No approved", document(type=types[0], requirements=["iso42001:7.4"])),
        *(case("passes", f"DOC-1 answers {number}.", document(**{**asked, "type": type})) for type in types),
        case("passes", "DOC-1 answers", document(**asked, next_review="2026-03-03"), population=1),
        case("fails", "No approved", document(**asked, state="draft")),
        case("fails", "No approved", document(**asked, origin="external")),
        case("fails", "No approved", document(**{**asked, "type": "law or standard"})),
        case("fails", "No approved", document(**asked, next_review="2026-03-02")),
    )
