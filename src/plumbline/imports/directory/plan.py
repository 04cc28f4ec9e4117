"""What would happen to every row of a list of people or units. Nothing is written.

The doors of `plumbline.identity` judge once more when it is written; what they would refuse and can be told
before is refused here, with its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from unicodedata import normalize

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.text import slugify

from plumbline.identity import policy, validation
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.imports.dates import read_day
from plumbline.imports.directory import queries, role_texts
from plumbline.imports.directory.declarations import PERSON, Directory
from plumbline.imports.directory.queries import Present
from plumbline.imports.directory.role_texts import RoleText
from plumbline.imports.judging import PlannedRow
from plumbline.imports.mapping import RegisterMap
from plumbline.imports.notices import RowFault
from plumbline.imports.reading import fold
from plumbline.imports.rows import MappedRow
from plumbline.kernel import clock
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Fault

_YES = frozenset({"yes", "true", "1", "y", "x", "ja", "oui", "on", "left", "inactive"})
_NO = frozenset({"", "no", "false", "0", "n", "nein", "non", "off", "active"})


def planned(
    actor: Actor, directory: Directory, register: RegisterMap, rows: Sequence[MappedRow]
) -> Iterator[PlannedRow]:
    """What would happen to each of ``rows``, in their order."""
    judge = _People(actor, register) if directory is PERSON else _Units(actor, register, rows)
    for row in rows:
        if row.skipped:
            yield PlannedRow(row.line, "skip")
            continue
        yield judge.judged(row)


@dataclass
class _Row:
    """A row that is being judged."""

    row: MappedRow
    columns: dict[str, str]

    def text(self, name: str) -> str:
        return str(self.row.values.get(name) or "").strip()

    def fault(self, name: str, message: Text, remedy: Text = "", text: str = "") -> None:
        self.row.faults.append(RowFault(self.columns.get(name, ""), name, message, remedy, text))

    def faults(self, found: Sequence[Fault]) -> None:
        for fault in found:
            self.fault(fault.field, fault.message, fault.remedy)

    def notice(self, name: str, sort: str, message: Text, remedy: Text = "", text: str = "") -> None:
        column = self.columns.get(name, "")
        self.row.notices.append(RowFault(column, name, message, remedy, text, sort))  # type: ignore[arg-type]  # a sort

    def planned(
        self, outcome: str, title: str, fields: Sequence[str] = (), reference: str = ""
    ) -> PlannedRow:
        return PlannedRow(
            self.row.line,
            "faulty" if self.row.faults else outcome,
            self.row.key,
            title[:300],
            reference,
            faults=tuple(self.row.faults),
            notices=tuple(self.row.notices),
            values=dict(self.row.values),
            fields=tuple(fields),
        )


class _People:
    """Judges rows of people; remembers the mailboxes and names of the rows before."""

    def __init__(self, actor: Actor, register: RegisterMap) -> None:
        self._actor = actor
        self._columns = {item.name: ", ".join(item.columns) for item in register.fields}
        self._here = queries.present(actor)
        self._lines: dict[str, tuple[int, str]] = {}
        self._names: dict[str, int] = {}

    def judged(self, source: MappedRow) -> PlannedRow:
        row = _Row(source, self._columns)
        # The same letters in other widths are the same address; what is stored is the plain form.
        email, name = normalize("NFKC", row.text("email")), " ".join(row.text("full_name").split())
        source.values |= {"email": email, "full_name": name}
        if faults := validation.check_email(email):
            row.faults(faults)
            return row.planned("faulty", name)
        box = queries.mailbox(email)
        if box in self._lines:
            return self._again(row, box, name)
        person = self._here.people.get(box)
        left, roles = self._left(row), self._roles(row, person)
        source.values |= {"left": "yes" if left else "", "roles": [str(role) for role in roles], "unit": ""}
        if person is None:
            self._new(row, name)
            planned = row.planned("create", name, ("email", "full_name", "left", "roles"))
        else:
            planned = self._known(row, person, name, left, roles)
        if planned.outcome != "faulty":
            self._lines[box] = (source.line, queries.name_key(name))
            self._names.setdefault(queries.name_key(name), source.line)
        return planned

    def _again(self, row: _Row, box: str, name: str) -> PlannedRow:
        """A second row of one mailbox, which is one person: the first row stands."""
        line, known = self._lines[box]
        row.row.faults.clear()
        if known != queries.name_key(name):
            message = say(
                "imports.person-again", "is the address of line {line}, under another name", line=line
            )
            row.notice("full_name", "dropped", message, "", name)
        return replace(row.planned("repeat", name), repeats=line)

    def _new(self, row: _Row, name: str) -> None:
        row.faults(validation.check_name(name))
        key = queries.name_key(name)
        if (same := self._here.names.get(key)) is not None:
            message = say(
                "imports.person-named", "is the name of {person}, who is here", person=same.full_name
            )
            row.fault("full_name", message, "give a fuller name that tells the two apart", name)
        elif key and key in self._names:
            message = say(
                "imports.person-named-line", "is the name of line {line} too", line=self._names[key]
            )
            row.fault("full_name", message, "give a fuller name that tells the two apart", name)

    def _known(
        self, row: _Row, person: Person, name: str, left: bool, roles: Sequence[RoleText]
    ) -> PlannedRow:
        """A person who is here: roles are added, a leaver leaves; names and addresses stay as they are."""
        if name and queries.name_key(name) != person.name_key and name != person.full_name:
            message = say("imports.person-called", "is called {name} here", name=person.full_name)
            row.notice("full_name", "kept", message, "rename somebody on their own page", name)
        fields = []
        if left and person.is_active:
            if person.pk in self._here.own:
                row.fault("left", "is yourself; somebody else has to take your account out of use")
            fields.append("left")
        elif not left and not person.is_active and "left" in self._columns:
            remedy = "put the account back into use on the page of the person"
            row.notice("left", "kept", "is out of use here", remedy)
        held = queries.held(person)
        if any(role.known_by not in held for role in roles):
            fields.append("roles")
        return row.planned("amend" if fields else "unchanged", person.full_name, fields, person.handle)

    def _left(self, row: _Row) -> bool:
        text = row.text("left")
        if fold(text) in _YES:
            return True
        if fold(text) in _NO:
            return False
        day = read_day(text).day
        if day and day <= clock.today().isoformat():
            return True
        message = say("imports.person-leaves", "lies ahead; the account stays in use") if day else None
        row.notice("left", "not understood", message or "is neither yes, no nor a day", "", text)
        return False

    def _roles(self, row: _Row, person: Person | None) -> list[RoleText]:
        texts = row.row.values.get("roles") or []
        unit_text, unit = row.text("unit"), self._here.unit(row.text("unit"))
        if unit_text and not texts:
            message = "is left out: somebody works in a unit by a role there"
            row.notice(
                "unit", "dropped", message, "name a role too, or give one on the person's page", unit_text
            )
        found = []
        for text in [texts] if isinstance(texts, str) else texts:
            role = role_texts.parse(text)
            if role is None:
                row.fault(
                    "roles",
                    "is no role",
                    "such as: reviewer, or system-owner in claims until 2027-03-31",
                    text,
                )
                continue
            if not role.unit and unit_text:
                role = replace(role, unit=unit.slug if unit else unit_text)
            if self._takes(row, role, person):
                found.append(role)
        return found

    def _takes(self, row: _Row, role: RoleText, person: Person | None) -> bool:
        """Whether the door would give the role; says what it would refuse."""
        unit = self._here.unit(role.unit) if role.unit else None
        if role.unit and unit is None:
            row.fault("roles", "names a unit that is not here", "import or add the unit first", str(role))
            return False
        if person is not None and role.known_by in queries.held(person):
            return True
        starts = role.starts or clock.today()
        faults = validation.check_grant(role.role, unit, role.scope, starts, role.ends)
        answer = policy.may(
            replace(self._actor, scopes=None), "grant", kind="person", unit_id=unit.pk if unit else None
        )
        if person is not None and person.pk in self._here.own:
            row.fault("roles", "is a role for yourself; another AIMS manager has to give it", "", str(role))
        elif not answer:
            row.fault("roles", answer.reason, "", str(role))
        row.faults([replace(fault, field="roles") for fault in faults])
        return not faults and bool(answer)


class _Units:
    """Judges rows of units; a parent may stand further down in the file."""

    def __init__(self, actor: Actor, register: RegisterMap, rows: Sequence[MappedRow]) -> None:
        self._columns = {item.name: ", ".join(item.columns) for item in register.fields}
        self._here: Present = queries.present(actor)
        self._actor = replace(actor, scopes=None)
        self._lines: dict[str, int] = {}
        self._parents: dict[str, str] = {}
        self._names: dict[str, str] = {}
        for row in rows:
            if not row.skipped:
                slug, name = self._slug(row), str(row.values.get("name") or "")
                self._parents.setdefault(slug, str(row.values.get("parent") or ""))
                self._names |= {fold(name): slug, fold(slug): slug}

    def _slug(self, row: MappedRow) -> str:
        given = normalize("NFKC", str(row.values.get("slug") or "")).strip()
        return fold(given) if given else slugify(str(row.values.get("name") or ""))[:60]

    def judged(self, source: MappedRow) -> PlannedRow:
        row = _Row(source, self._columns)
        slug, name = self._slug(source), " ".join(row.text("name").split())
        parent = self._meant(row.text("parent"))
        source.values |= {"slug": slug, "name": name, "parent": parent or row.text("parent")}
        if slug and slug in self._lines:
            source.faults.clear()
            return replace(row.planned("repeat", name), repeats=self._lines[slug])
        self._lines[slug] = source.line
        here = self._here.unit(slug)
        if here is not None and here.slug == slug:
            return self._known(row, name, parent)
        try:
            validate_slug(slug)
        except ValidationError:
            row.fault("slug", "is no short name", "use letters, digits and hyphens", slug)
        if not 0 < len(name) <= 200:
            row.fault("name", "A name has 1 to 200 characters.", "write the name of the unit")
        if row.text("parent") and parent is None:
            row.fault("parent", "names no unit of this file or here", "add a row for it", row.text("parent"))
        elif parent is not None and self._circular(slug):
            row.fault(
                "parent", "is part of this unit itself", "say of one of them that it is part of none", parent
            )
        answer = self._allowed(parent)
        if not answer:
            row.fault("parent", answer.reason)
        return row.planned("create", name, ("slug", "name", "parent"))

    def _known(self, row: _Row, name: str, parent: str | None) -> PlannedRow:
        unit = self._here.unit(str(row.row.values["slug"]))
        assert unit is not None
        if name and name != unit.name:
            message = say("imports.unit-called", "is called {name} here", name=unit.name)
            row.notice("name", "kept", message, "", name)
        if "parent" in self._columns and (parent or "") != (unit.parent.slug if unit.parent else ""):
            row.notice("parent", "kept", "is part of another unit here", "", parent or "")
        row.row.faults.clear()
        return row.planned("unchanged", unit.name)

    def _meant(self, text: str) -> str | None:
        """The short name of the unit that ``text`` names, here or in the file."""
        unit = self._here.unit(text) if text else None
        return unit.slug if unit is not None else self._names.get(fold(text)) if text else None

    def _circular(self, slug: str) -> bool:
        seen, above = {slug}, self._meant(self._parents.get(slug, ""))
        while above is not None and self._here.unit(above) is None:
            if above in seen:
                return True
            seen.add(above)
            above = self._meant(self._parents.get(above, ""))
        return False

    def _allowed(self, parent: str | None) -> policy.Answer:
        """Whether somebody may add a unit there: below one of the file, where its highest one is added."""
        here = self._here.unit(parent) if parent else None
        seen: set[str] = set()
        while parent and here is None and parent not in seen:
            seen.add(parent)
            parent = self._meant(self._parents.get(parent, ""))
            here = self._here.unit(parent) if parent else None
        return policy.may(self._actor, "grant", kind="person", unit_id=here.pk if here else None)
