"""Which published schema a document says it keeps to, and where it does not. Pure but for the files here.

A document is held to a schema only when it names that very version of its format and the schema is at hand:
what is written for another version is not judged by this one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from plumbline.imports.readers.schemas.validator import Misfit, Schemas, StepsUsedUp
from plumbline.imports.readers.structured.paths import JSON
from plumbline.kernel.messages import Message, Text, say
from plumbline.kernel.problems import Fault, Malformed

_FOLDER = Path(__file__).parent / "data"
_MOST = 5
"""How many misfits are named."""


@dataclass(frozen=True)
class Declared:
    """A schema at hand: what the format is called, its file, what it refers to, and formats of texts that
    its publisher has checked (the card toolkit checks none, and its own example keeps to none)."""

    name: str
    file: str
    is_of: Callable[[Mapping[str, JSON]], bool]
    others: Mapping[str, str]
    formats: frozenset[str]


DECLARED: tuple[Declared, ...] = (
    Declared(
        "CycloneDX 1.6",
        "cyclonedx-1.6.json",
        lambda document: document.get("bomFormat") == "CycloneDX" and document.get("specVersion") == "1.6",
        {"spdx.schema.json": "spdx-licences.json", "jsf-0.82.schema.json": "jsf-0.82.json"},
        frozenset({"date-time", "idn-email"}),
    ),
    Declared(
        "OpenLineage 2-0-2",
        "openlineage-2-0-2.json",
        lambda document: "openlineage.io/spec/2-0-2/OpenLineage.json" in str(document.get("schemaURL", "")),
        {},
        frozenset({"date-time", "uuid"}),
    ),
    Declared(
        "Model Card Toolkit 0.0.2",
        "model-card-toolkit-0.0.2.json",
        lambda document: document.get("schema_version") == "0.0.2" and "model_details" in document,
        {},
        frozenset(),
    ),
)


@dataclass(frozen=True)
class Checked:
    """A document held to the schema ``name``: the first things that do not fit, and whether all of it was
    looked at."""

    name: str
    misfits: tuple[Misfit, ...]
    is_whole: bool = True


def check(document: JSON) -> Checked | None:
    """A document, or each of a list of documents, against the schema that it declares; None without one."""
    entries: list[JSON] = document if isinstance(document, list) else [document]
    first = entries[0] if entries else None
    if not isinstance(first, dict):
        return None
    declared = next((each for each in DECLARED if each.is_of(first)), None)
    if declared is None:
        return None
    documents = {name: _schema(file) for name, file in declared.others.items()}
    schemas = Schemas({"": _schema(declared.file), **documents}, declared.formats)
    found: list[Misfit] = []
    try:
        # One after the other, so that what was found stays when the steps are used up.
        for misfit in islice(_misfits(schemas, entries), _MOST):
            found.append(misfit)
    except StepsUsedUp:
        return Checked(declared.name, tuple(found), is_whole=False)
    return Checked(declared.name, tuple(found))


def _misfits(schemas: Schemas, entries: list[JSON]) -> Iterator[Misfit]:
    for number, entry in enumerate(entries, 1):
        for misfit in schemas.misfits("", entry):
            place = f"{number}: {misfit.place}" if len(entries) > 1 else misfit.place
            yield Misfit(place, misfit.what)


def faults(checked: Checked) -> tuple[Fault, ...]:
    """What is said of each misfit of a file."""
    return tuple(Fault("file", _said(checked.name, misfit), _REMEDY) for misfit in checked.misfits)


_REMEDY = "mend the file where it is written, and choose it again"


def _said(name: str, misfit: Misfit) -> Text:
    what = misfit.what
    if misfit.place:
        return say(
            "imports.misfit-at",
            "declares {format} and does not fit it: {place} {what}",
            format=name,
            place=misfit.place,
            what=what,
        )
    return say("imports.misfit", "declares {format} and does not fit it: it {what}", format=name, what=what)


def require(document: JSON) -> tuple[Message, ...]:
    """What a person should know of the check. Raises `Malformed`, naming where a document does not fit."""
    checked = check(document)
    if checked is None:
        return ()
    if checked.misfits:
        raise _refused(faults(checked))
    if not checked.is_whole:
        return (
            say(
                "imports.checked-in-part",
                "The file is too large to be held to the whole schema of {format}: only its first part was.",
                format=checked.name,
            ),
        )
    return ()


def _refused(found: tuple[Fault, ...]) -> Malformed:
    return Malformed("The file was not read.", found)


@cache
def _schema(file: str) -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / file).read_text(encoding="utf-8"))
    return found
