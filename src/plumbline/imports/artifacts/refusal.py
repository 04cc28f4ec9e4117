"""Why a file cannot be attached to a component or dataset: it declares a format and does not fit it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from plumbline.imports.artifacts.entries import CARRIED_BY
from plumbline.imports.readers.delimited.encoding import decoded
from plumbline.imports.readers.model_card import reader as model_card
from plumbline.imports.readers.recognition import ZIP
from plumbline.imports.readers.schemas import declared
from plumbline.imports.readers.structured import reader as structured
from plumbline.imports.reading import READ_AS_FOUND
from plumbline.kernel.problems import Fault, Malformed, TooLarge


def faults(kind: str, name: str, content: bytes) -> Sequence[Fault]:
    """What of a file does not fit the format that it declares. A file that declares none is any evidence."""
    if kind not in CARRIED_BY or content.startswith(ZIP):
        return ()
    try:
        text, encoding = decoded(content, "")
    except (Malformed, TooLarge):
        return ()
    if structured.is_json(text):
        return _of_document(text)
    if name.casefold().endswith(".md") and model_card.has_metadata(text):
        try:
            model_card.read(text, encoding, READ_AS_FOUND)
        except Malformed as problem:
            return problem.faults
    return ()


def _of_document(text: str) -> Sequence[Fault]:
    try:
        document, _ = structured.parsed(text)
    except (Malformed, TooLarge):
        return ()
    checked = declared.check(document)
    return () if checked is None else declared.faults(checked)
