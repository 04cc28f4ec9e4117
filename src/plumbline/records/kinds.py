"""What a kind of record is: an ordinary Django model and this one frozen declaration.

Form, list, page, API resource, CSV, schema and reference page are each derived from the pair; the
model's fields carry types, constraints, ``verbose_name`` and ``help_text``, the first paragraph of the
model's docstring is what a reader is told the kind is.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.text import slugify

from plumbline.identity import roles
from plumbline.kernel.problems import NotFound
from plumbline.kernel.workflow import Move, Workflow
from plumbline.records.gates import AmendGate, CreateGate, Decider, Gate
from plumbline.records.models import FILTERS, SORTS, Record

REFERENCE = "[A-Z]{2,5}-[0-9]{4,9}"
"""How a reference reads, as a regular expression: ``RSK-0007``."""
COMMON_FIELDS = ("title", "owner", "unit", "effective_from")
"""Fields of the base table that a person fills in; they come first (title) and last (the others)."""


NOT_STATED = ("unknown", "not decided", "not judged", "not graded", "not done", "not started", "open")
"""Words of lists that say no more than that nobody has answered yet."""
RESERVED = frozenset(
    {"page", "size", "sort", "q", "where", "is", "has", "as_of", "state", "revision", "reference", "kind"}
)
"""Names that no field of a kind may have, since addresses of lists use them."""


@dataclass(frozen=True)
class Section:
    """A group of fields under one heading, in forms and on pages."""

    title: str
    fields: tuple[str, ...]


def _sections(names: Iterable[str], titles: Mapping[str, str]) -> Iterator[Section]:
    """The fields ``names``, in order, under the ``titles``; each begins at the field it is given for."""
    title, group = "", list[str]()
    for name in names:
        if name in titles:
            if group:
                yield Section(title, tuple(group))
            title, group = titles[name], []
        group.append(name)
    if group:
        yield Section(title, tuple(group))


@dataclass(frozen=True)
class Menu:
    """Where the list of a kind stands in the side bar: the heading, and its place below it."""

    group: str
    place: int


@dataclass(frozen=True)
class HubSection:
    """A section on the pages of other records: the records of this kind that name one of them in ``field``.

    ``title`` is its heading, ``place`` its order among the sections of that page, ``columns`` what is shown
    of each record besides title and state, ``adds`` the verb and object of the act that adds one from there.
    With ``beside`` it stands in the narrow column; ``is_work`` lists only records on which something is left
    to do. ``answers`` are checks whose missing members a new record of this kind would cover, each with the
    values that its form begins with.
    """

    field: str
    title: str
    place: int
    columns: tuple[str, ...] = ()
    adds: str = ""
    beside: bool = False
    is_work: bool = False
    answers: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of record.

    ``prefix`` starts its references; ``slug`` names it (singular) in the CLI and in leaves; ``clause`` is
    where the standard speaks of it; ``requirements`` are the catalog ids it gives evidence for; ``titles``
    are the headings of its form and page, each by the field at which it begins; fields stand in the order of
    the model. ``columns`` and ``filters`` are field names for lists; reading a ``sensitive`` kind is logged.
    ``menu`` puts its list into the side bar, ``place`` orders it among the kinds of its clause. ``derived``
    are fields that nobody fills in and that checks read too, each with what it is of the values that are in
    force. ``renews`` are filters that name records which are not due while an approved record of this kind
    has a later day. ``gates`` are asked before a step of that name, ``amend_gates`` before fields change,
    ``create_gates`` before a record is new, ``deciders`` say whether somebody may take a step at all,
    ``step_fields`` which fields can be filled in with a step, as its panel shows, ``step_texts`` how its text
    begins, from the record, while it is empty. ``shown_when`` are fields that are only asked for where
    another one has one of some answers: the other one and those answers. ``neutral`` are choices with which
    the form of a new record begins, each with why that is no claim (`unanswered`). ``scope`` are the fields
    by which checks know over what they speak: a revision of them may make a check easier to pass. ``access``
    are its groups in the table of roles (`identity.roles.GROUPS`), joined by spaces; empty, roles have on it
    what they have on all kinds. ``sets_values`` says that checks or decisions go by its approved records:
    importing it takes a second person wherever imports do. ``hubs`` are the sections in which its records
    stand on the pages of those that they name. ``example`` is a complete record, as its form takes it in
    March 2026; a field that refers to other records names their kind there (`records.examples`).
    """

    model: type[Record]
    prefix: str
    slug: str
    clause: str
    requirements: tuple[str, ...]
    titles: Mapping[str, str]
    columns: tuple[str, ...]
    workflow: Workflow
    filters: tuple[str, ...] = ()
    sensitive: bool = False
    icon: str = "file-text"
    menu: Menu | None = None
    place: int = 0
    due: str = ""
    renews: tuple[str, ...] = ()
    derived: Mapping[str, Callable[[Mapping[str, Any]], Any]] = dataclasses.field(default_factory=dict)
    gates: Mapping[str, tuple[Gate, ...]] = dataclasses.field(default_factory=dict)
    amend_gates: tuple[AmendGate, ...] = ()
    create_gates: tuple[CreateGate, ...] = ()
    deciders: Mapping[str, Decider] = dataclasses.field(default_factory=dict)
    step_fields: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    step_texts: Mapping[str, Callable[[Any], str]] = dataclasses.field(default_factory=dict)
    neutral: Mapping[str, str] = dataclasses.field(default_factory=dict)
    scope: tuple[str, ...] = ()
    shown_when: Mapping[str, tuple[str, tuple[str, ...]]] = dataclasses.field(default_factory=dict)
    access: str = ""
    sets_values: bool = False
    hubs: tuple[HubSection, ...] = ()
    example: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        """Singular, as it stands in a sentence: ``AI system``."""
        return str(self.model._meta.verbose_name)

    @cached_property
    def names(self) -> str:
        """Plural: ``AI systems``."""
        return str(self.model._meta.verbose_name_plural)

    @cached_property
    def plural(self) -> str:
        """The plural as it stands in addresses: ``ai-systems``."""
        return slugify(self.names)

    @cached_property
    def text(self) -> str:
        """What a reader is told this kind is: the first paragraph of the model's docstring."""
        return " ".join((inspect.getdoc(self.model) or "").split("\n\n")[0].split())

    @cached_property
    def own_fields(self) -> tuple[str, ...]:
        """Names of the fields that only this kind has and a person fills in, in the order of the model."""
        meta = self.model._meta
        own = [field for field in meta.local_fields if not field.primary_key and field.editable]
        # Django keeps many-valued fields apart; the counter is the order in which all of them are written.
        ordered = sorted((*own, *meta.local_many_to_many), key=lambda field: field.creation_counter)
        return tuple(field.name for field in ordered)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The fields under their headings."""
        return tuple(_sections(self.own_fields, self.titles))

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        """Every field a person may fill in, in form order."""
        return ("title", *self.own_fields, "owner", "unit", "effective_from")

    @cached_property
    def many_valued(self) -> tuple[str, ...]:
        """Names of the fields that refer to any number of other records."""
        return tuple(name for name in self.own_fields if self.field(name).many_to_many)

    @cached_property
    def needed_fields(self) -> tuple[str, ...]:
        """Names of the fields that a complete record has filled in."""
        return tuple(name for name in self.field_names if not self.field(name).blank)

    @cached_property
    def needed_at_once(self) -> tuple[str, ...]:
        """Names of the fields that not even a draft goes without: what it is called, and what is its own."""
        # A slug follows from the title where nobody gives one (`plumbline.records.forms`).
        identifying = {"title", *self.unique_fields} - {"slug"}
        draft = self.workflow.initial in self.workflow.drafts
        return tuple(
            name
            for name in self.needed_fields
            if not draft or name in identifying or self.unstated(name) != ""
        )

    def unstated(self, name: str) -> Any:
        """What the field says while nobody has said anything: its word for that, else an empty text.

        A default that says something (a stage, a class, an interval) is an offer to whoever fills in the form
        and no answer: where nobody has seen it, as in a register, the field stays empty.
        """
        field = self.field(name)
        default = field.get_default() if field.has_default() else None
        # A yes or no has no third value.
        return default if isinstance(default, bool) or default in NOT_STATED else ""

    @cached_property
    def unanswered(self) -> tuple[str, ...]:
        """Names of the choices that the form of a new record leaves open, although the model has a default.

        That default says something, so that saving it unread would make a fact of it. A word for *nobody has
        said* (`NOT_STATED`) says nothing and stands; so does what the kind declares as ``neutral``.
        """
        return tuple(
            name
            for name in self.field_names
            if self.field(name).flatchoices
            and self.field(name).has_default()
            and self.unstated(name) == ""
            and name not in self.neutral
        )

    def required_by(self, step: Move) -> tuple[str, ...]:
        """Names of the fields that ``step`` asks for, since it takes a draft further."""
        if not self.workflow.completes(step):
            return ()
        filled = {*self.needed_at_once, *({"slug"} & {*self.unique_fields})}
        return tuple(name for name in self.needed_fields if name not in filled)

    @cached_property
    def unique_fields(self) -> tuple[str, ...]:
        """Names of the fields of which no two records have the same value."""
        return tuple(
            item.name for item in self.model._meta.local_fields if item.unique and not item.primary_key
        )

    def field(self, name: str) -> models.Field[Any, Any]:
        """The model field called ``name``."""
        found = self.model._meta.get_field(name)
        assert isinstance(found, models.Field)
        return found


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make ``kind`` known.

    Raises ``ValueError`` when a name is taken, a field is missing or unknown, the example is not complete or
    there is no such group of kinds.
    """
    for other in _kinds.values():
        if other.model is kind.model:
            return
        if {other.slug, other.prefix, other.plural} & {kind.slug, kind.prefix, kind.plural}:
            raise ValueError(f"kind {kind.slug} clashes with {other.slug}")
    if unknown := set(kind.titles) - set(kind.own_fields):
        raise ValueError(f"kind {kind.slug}: titles begin at {sorted(unknown)}, which are no fields")
    if kind.own_fields[0] not in kind.titles:
        raise ValueError(f"kind {kind.slug}: the first field, {kind.own_fields[0]}, stands under no title")
    _check_step_fields(kind)
    _check_conditions(kind)
    if unknown := {name for name in kind.neutral if not kind.field(name).has_default()}:
        raise ValueError(f"kind {kind.slug}: {sorted(unknown)} begin with nothing that could be neutral")
    for section in kind.hubs:
        _check_hub_section(kind, section)
    if taken := RESERVED.intersection(kind.own_fields):
        raise ValueError(f"kind {kind.slug}: {sorted(taken)} are words of every list's address")
    for name in (*kind.columns, *kind.filters, *([kind.due] if kind.due else [])):
        kind.model._meta.get_field(name)
    sorts = {*kind.columns, kind.due} - {"", "title", "state", "updated_at", "effective_from"}
    if len(kind.filters) > FILTERS or len(sorts) > SORTS - 2:
        raise ValueError(f"kind {kind.slug}: lists have {FILTERS} filters and {SORTS - 2} columns at most")
    _check_example(kind)
    roles.assign(kind.slug, kind.access)
    if kind.sensitive:
        roles.mark_sensitive(kind.slug)
    _kinds[kind.slug] = kind


def _check_example(kind: Kind) -> None:
    """A kind that no test can make a record of, and no document can show, is not known to the door."""
    if unknown := set(kind.example) - set(kind.field_names):
        raise ValueError(
            f"kind {kind.slug}: the example has values for {sorted(unknown)}, which are no fields"
        )
    needed = {name for name in kind.field_names if _is_needed(kind.field(name))}
    if missing := sorted(needed - {name for name, value in kind.example.items() if value not in (None, "")}):
        raise ValueError(f"kind {kind.slug}: the example has no value for {missing}")


def _check_hub_section(kind: Kind, section: HubSection) -> None:
    """A section lists what is there: a field that refers to other records, and columns of the kind."""
    if section.field not in kind.own_fields or not kind.field(section.field).is_relation:
        raise ValueError(f"kind {kind.slug}: {section.field} refers to no other record")
    for name in section.columns:
        kind.model._meta.get_field(name)


def _check_step_fields(kind: Kind) -> None:
    """What a step fills in is written by whoever takes it, so it cannot be a step of a second person."""
    for name, fields in kind.step_fields.items():
        step = kind.workflow.by_name.get(name)
        if step is None or not set(fields) <= set(kind.field_names):
            raise ValueError(f"kind {kind.slug}: {name} or one of its fields {fields} does not exist")
        if step.approves or step.confirms or step.independent:
            raise ValueError(f"kind {kind.slug}: {name} is for a second person, who writes none of it")


def _check_conditions(kind: Kind) -> None:
    """A field may only depend on a choice; what is not always asked for cannot be required of everybody."""
    for name, (other, words) in kind.shown_when.items():
        if name in kind.needed_fields or not words or other in kind.shown_when:
            raise ValueError(f"kind {kind.slug}: {name} cannot depend on {other}")
        if not set(words) <= {str(word) for word, _ in kind.field(other).flatchoices}:
            raise ValueError(f"kind {kind.slug}: {other} has no such answers: {words}")


def _is_needed(field: models.Field[Any, Any]) -> bool:
    return not field.blank and not field.has_default()


def all_kinds() -> tuple[Kind, ...]:
    """Every kind, in the order of registration (which is the order of the clauses)."""
    return tuple(_kinds.values())


def exists(slug: str) -> bool:
    """Whether there is a kind called ``slug`` (singular)."""
    return slug in _kinds


@contextmanager
def without(slug: str) -> Iterator[None]:
    """As if the kind called ``slug`` had never been declared, until the block is over.

    Its table stays: what is proved is that nothing but the kind's own module asks for the kind by name.
    """
    kept = dict(_kinds)
    kind = _kinds.pop(slug)
    roles.forget(slug)
    try:
        yield
    finally:
        # Put back whole, since the order of the registry is the order of the clauses.
        _kinds.clear()
        _kinds.update(kept)
        roles.assign(slug, kind.access)
        if kind.sensitive:
            roles.mark_sensitive(slug)


def get(slug: str) -> Kind:
    """The kind called ``slug`` (singular or plural). Raises `NotFound`."""
    if slug in _kinds:
        return _kinds[slug]
    for kind in _kinds.values():
        if kind.plural == slug:
            return kind
    raise NotFound(f"There is no such kind of record. Known: {', '.join(_kinds)}.")


def by_prefix(prefix: str) -> Kind:
    """The kind whose references start with ``prefix``. Raises `NotFound`."""
    for kind in _kinds.values():
        if kind.prefix == prefix:
            return kind
    raise NotFound("No kind of record has this prefix.")


def has_prefix(prefix: str) -> bool:
    """Whether there is a kind whose references start with ``prefix``."""
    return any(kind.prefix == prefix for kind in _kinds.values())


def of_model(model: Any) -> Kind:
    """The kind whose records ``model`` keeps. Raises `NotFound`."""
    for kind in _kinds.values():
        if kind.model is model:
            return kind
    raise NotFound("No kind of record is kept in this model.")


def of_reference(reference: str) -> Kind:
    """The kind a reference such as ``RSK-0007`` belongs to. Raises `NotFound`."""
    return by_prefix(reference.partition("-")[0].upper())
