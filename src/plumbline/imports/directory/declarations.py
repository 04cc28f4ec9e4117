"""What a list of people and one of units are: their columns, and what each takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django import forms
from django.utils.translation import gettext_noop as _

from plumbline.records.kinds import Kind


@dataclass(frozen=True)
class Column:
    """A column: what it is called, what it means, and whether a row goes without it."""

    verbose_name: str
    help_text: str
    required: bool = False
    several: bool = False


@dataclass(frozen=True, eq=False)
class Directory:
    """A list of people or of units. ``key`` is the column that tells its rows apart, ``shown`` the one by
    which people call an entry; ``says`` is told with every preview. ``sets_values`` as of a kind of record:
    who is here, and with which roles, decides what they may do."""

    slug: str
    plural: str
    name: str
    names: str
    key: str
    shown: str
    says: str
    columns: Mapping[str, Column] = field(default_factory=dict)
    sets_values: bool = True

    def field(self, name: str) -> Column:
        """The column called ``name``."""
        return self.columns[name]

    @cached_property
    def form_fields(self) -> dict[str, forms.Field]:
        """The columns as fields of a form, for the matching of columns."""
        return {
            name: forms.CharField(
                label=column.verbose_name, help_text=column.help_text, required=column.required
            )
            for name, column in self.columns.items()
        }


PERSON = Directory(
    "person",
    "people",
    _("person"),
    _("people"),
    "email",
    "full_name",
    _("No mail is sent: accounts are made without a password. Send invitations from each person's page."),
    {
        "email": Column(
            _("e-mail address"), _("Tells people apart; two rows with one address are one."), True
        ),
        "full_name": Column(_("name"), _("As colleagues know this person."), True),
        "left": Column(_("has left"), _("Yes, or the day: the account is out of use from then on.")),
        "roles": Column(
            _("roles"),
            _("Such as: reviewer; system-owner in claims until 2027-03-31. Given only by who may give them."),
            several=True,
        ),
        "unit": Column(_("unit"), _("Short name or name of the unit in which the roles are given.")),
    },
)
UNIT = Directory(
    "unit",
    "units",
    _("unit"),
    _("units"),
    "slug",
    "name",
    _("Units are added. One that is here keeps its name and its place."),
    {
        "slug": Column(
            _("short name"), _("Letters, digits and hyphens; made from the name where it is empty.")
        ),
        "name": Column(_("name"), _("As people know this unit."), True),
        "parent": Column(_("part of"), _("Short name or name of the unit that it is a part of.")),
    },
)
DIRECTORIES = (PERSON, UNIT)
Target = Kind | Directory
"""What rows of a file can become."""
