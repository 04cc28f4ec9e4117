"""The table of roles by role, kind and verb, against the one that was agreed; roles name no unknown kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plumbline.identity import roles
from plumbline.identity.roles import GROUPS, ROLES, VERBS
from plumbline.records import kinds

AGREED = json.loads((Path(__file__).parent / "data" / "roles.json").read_text())
OURS = [kind for kind in kinds.all_kinds() if kind.model.__module__.startswith("plumbline.clauses")]


def test_every_role_has_on_every_kind_the_verbs_that_were_agreed() -> None:
    table = {
        role.slug: {kind.slug: sorted(role.verbs_on(kind.slug)) for kind in OURS} for role in ROLES.values()
    }
    assert table == AGREED["roles"]


def test_every_group_has_the_kinds_that_were_agreed() -> None:
    ours = {kind.slug for kind in OURS}
    assert {group: sorted(roles.kinds_of(group) & ours) for group in GROUPS} == AGREED["groups"]


def test_roles_name_only_groups_and_verbs_that_exist() -> None:
    for role in ROLES.values():
        assert set(role.allows) <= {roles.ALL, *GROUPS}
        assert {verb for verbs in role.allows.values() for verb in verbs} <= set(VERBS)


def test_groups_name_only_kinds_that_exist() -> None:
    assert roles.known_kinds() == {kind.slug for kind in kinds.all_kinds()}


def test_a_kind_of_the_product_has_a_group() -> None:
    assert [kind.slug for kind in OURS if not kind.access] == []


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(ValueError, match="no group of kinds called 'finance'"):
        roles.assign("invoice", "finance")
    assert "invoice" not in roles.known_kinds()
