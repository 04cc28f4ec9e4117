"""From files to one frozen `Library`. Strict: what is unknown, doubled or dangling is an error that names
the file and the row.

A catalog folder holds one folder per framework and edition (``framework.json`` with the headings, every
other file a list of rows), ``mappings/`` (``vocabulary.json`` and one list of pairs per file) and
``risk-seeds.json``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import msgspec

from plumbline.catalogs.shapes import (
    AUDITED,
    Framework,
    FrameworkRow,
    Group,
    Mapping,
    MappingRow,
    Requirement,
    RequirementRow,
    RiskSeed,
    Row,
    Vocabulary,
)

T = TypeVar("T", bound=Row)
DATA = Path(__file__).parent / "data"
HEAD = "framework.json"
VOCABULARY = "vocabulary.json"
SEEDS = "risk-seeds.json"
_PLACE = re.compile(r" - at `\$(?:\[(\d+)\])?(.*)`$")


class CatalogError(Exception):
    """A catalog file cannot be used; the message names file and row and says what is wrong."""


class Library(msgspec.Struct, frozen=True):
    """Everything the catalogs hold, by id, in the order of the files."""

    frameworks: MappingProxyType[str, Framework]
    requirements: MappingProxyType[str, Requirement]
    groups: tuple[Group, ...]
    mappings: tuple[Mapping, ...]
    relations: MappingProxyType[str, str]
    supports: MappingProxyType[str, str]
    seeds: tuple[RiskSeed, ...]
    version: str


def load(folder: Path = DATA) -> Library:
    """The library in ``folder``. Raises `CatalogError` on the first fault."""
    if not folder.is_dir():
        raise CatalogError(f"{folder}: there is no such folder")
    frameworks: dict[str, Framework] = {}
    requirements: dict[str, Requirement] = {}
    groups: list[Group] = []
    for head_file in sorted(folder.glob(f"*/{HEAD}")):
        head = _one(head_file, FrameworkRow)
        if head.id in frameworks:
            raise CatalogError(f"{_name(head_file)}: the framework {head.id} has a folder already")
        frameworks[head.id] = Framework(
            id=head.id,
            title=head.title,
            edition=head.edition,
            subject=head.subject,
            published=head.published,
            note=head.note,
        )
        rows = _framework_rows(head_file, head)
        requirements.update((row.id, row) for row in rows)
        groups.extend(_groups(head, rows))
    vocabulary = _one(folder / "mappings" / VOCABULARY, Vocabulary)
    for named in vocabulary.frameworks:
        frameworks.setdefault(
            named.id, Framework(id=named.id, title=named.title, edition=named.edition, loaded=False)
        )
    return Library(
        frameworks=MappingProxyType(frameworks),
        requirements=MappingProxyType(requirements),
        groups=tuple(groups),
        mappings=_mappings(folder / "mappings", vocabulary, frameworks, requirements),
        relations=MappingProxyType(vocabulary.relations),
        supports=MappingProxyType(vocabulary.supports),
        seeds=_seeds(folder / SEEDS, requirements),
        version=digest(folder),
    )


def digest(folder: Path = DATA) -> str:
    """SHA-256 (hexadecimal) over name, length and bytes of every data file, in order of name."""
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*.json"), key=lambda path: path.relative_to(folder).as_posix()):
        content = file.read_bytes()
        whole.update(f"{file.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _fault(file: Path, error: Exception) -> CatalogError:
    place = _PLACE.search(str(error))
    if place is None:
        return CatalogError(f"{_name(file)}: {error}")
    row, field = place.groups()
    where = f", row {int(row) + 1}" if row else ""
    at = f", field {field.lstrip('.')}" if field else ""
    return CatalogError(f"{_name(file)}{where}{at}: {str(error)[: place.start()]}")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CatalogError(f"{_name(file)}: cannot be read ({error.strerror})") from error


def _one(file: Path, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(_read(file), type=shape)
    except msgspec.MsgspecError as error:
        raise _fault(file, error) from error


def _rows(file: Path, shape: type[T]) -> list[T]:
    try:
        return msgspec.json.decode(_read(file), type=list[shape])  # type: ignore[valid-type]
    except msgspec.MsgspecError as error:
        raise _fault(file, error) from error


def _framework_rows(head_file: Path, head: FrameworkRow) -> list[Requirement]:
    """The requirements of one framework folder, in order of its headings and of their numbers."""
    found: dict[str, tuple[str, RequirementRow]] = {}
    headings = {group.number for group in head.groups}
    for file in sorted(head_file.parent.glob("*.json")):
        if file == head_file:
            continue
        for place, row in enumerate(_rows(file, RequirementRow), start=1):
            where = f"{_name(file)}, row {place}"
            if row.number in found:
                raise CatalogError(f"{where}: {row.number} stands already in {found[row.number][0]}")
            if row.group not in headings:
                raise CatalogError(f"{where}: {HEAD} has no heading {row.group}")
            _check_shown(where, row)
            found[row.number] = (where, row)
    for where, row in found.values():
        if row.parent and row.parent not in found:
            raise CatalogError(f"{where}: the parent {row.parent} does not exist")
    order = {group.number: place for place, group in enumerate(head.groups)}
    rows = sorted((row for _, row in found.values()), key=lambda row: (order[row.group], _steps(row.number)))
    below: dict[str, list[str]] = {}
    for row in rows:
        if row.kind == "statement":
            below.setdefault(row.parent, []).append(f"{head.id}:{row.number}")
    return [_requirement(head, row, tuple(below.get(row.number, ()))) for row in rows]


def _check_shown(where: str, row: RequirementRow) -> None:
    """No machine shows all of a sub-clause or control: what stays for people must be said."""
    if row.kind in AUDITED and not row.people.strip():
        raise CatalogError(f"{where}, field people: it says nothing of what stays for people")
    if row.kind not in AUDITED and (row.machine or row.people):
        raise CatalogError(f"{where}: only {' and '.join(sorted(AUDITED))} rows say how they can be shown")


def _steps(number: str) -> tuple[int, ...]:
    return tuple(int(step) for step in re.findall(r"\d+", number))


def _requirement(head: FrameworkRow, row: RequirementRow, statements: tuple[str, ...]) -> Requirement:
    fields = {name: getattr(row, name) for name in RequirementRow.__struct_fields__}
    fields["parent"] = f"{head.id}:{row.parent}" if row.parent else None
    return Requirement(id=f"{head.id}:{row.number}", framework=head.id, statements=statements, **fields)


def _groups(head: FrameworkRow, rows: Iterable[Requirement]) -> list[Group]:
    members: dict[str, list[str]] = {group.number: [] for group in head.groups}
    for row in rows:
        if row.kind not in ("statement", "objective"):
            members[row.group].append(row.id)
    return [
        Group(
            id=f"{head.id}:{group.number}",
            framework=head.id,
            number=group.number,
            title=group.title,
            gist=group.gist,
            kind=group.kind,
            members=tuple(members[group.number]),
        )
        for group in head.groups
    ]


def _mappings(
    folder: Path,
    vocabulary: Vocabulary,
    frameworks: dict[str, Framework],
    requirements: dict[str, Requirement],
) -> tuple[Mapping, ...]:
    found: dict[tuple[str, str], str] = {}
    pairs: list[Mapping] = []
    for file in sorted(folder.glob("*.json")):
        if file.name == VOCABULARY:
            continue
        for place, row in enumerate(_rows(file, MappingRow), start=1):
            where = f"{_name(file)}, row {place}"
            if (row.source, row.target) in found:
                raise CatalogError(f"{where}: this pair stands already in {found[row.source, row.target]}")
            found[row.source, row.target] = where
            for end in (row.source, row.target):
                _check_end(where, end, frameworks, requirements)
            pairs.append(_mapping(where, row, vocabulary))
    return tuple(pairs)


def _check_end(
    where: str, end: str, frameworks: dict[str, Framework], requirements: dict[str, Requirement]
) -> None:
    framework = frameworks.get(end.partition(":")[0])
    if framework is None or not end.partition(":")[2]:
        raise CatalogError(f"{where}: {end} names no known framework")
    if framework.loaded and end not in requirements:
        raise CatalogError(f"{where}: {end} does not exist")


def _mapping(where: str, row: MappingRow, vocabulary: Vocabulary) -> Mapping:
    if row.relation not in vocabulary.relations:
        raise CatalogError(f"{where}, field relation: {row.relation} is not in {VOCABULARY}")
    unknown = [word for word in row.support if word not in vocabulary.supports]
    if unknown or not row.support:
        raise CatalogError(
            f"{where}, field support: {', '.join(unknown) or 'nothing'} is not in {VOCABULARY}"
        )
    texts = (
        vocabulary.relations[row.relation],
        *(vocabulary.supports[word] for word in row.support),
        row.rationale,
    )
    return Mapping(
        source=row.source,
        target=row.target,
        relation=row.relation,
        support=row.support,
        confidence=row.confidence,
        rationale=" ".join(text for text in texts if text),
    )


def _seeds(file: Path, requirements: dict[str, Requirement]) -> tuple[RiskSeed, ...]:
    seeds = _rows(file, RiskSeed)
    seen: set[str] = set()
    for place, seed in enumerate(seeds, start=1):
        where = f"{_name(file)}, row {place}"
        if seed.id in seen:
            raise CatalogError(f"{where}: {seed.id} stands there twice")
        seen.add(seed.id)
        named = [*seed.risk_sources, *seed.objectives]
        named += [requirement for treatment in seed.treatments for requirement in treatment.requirements]
        for requirement in named:
            if requirement not in requirements:
                raise CatalogError(f"{where}: {requirement} does not exist")
    return tuple(seeds)
