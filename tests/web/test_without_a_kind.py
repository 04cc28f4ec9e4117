"""A kind is taken away, one after the other: the rest of the product loads and answers as before."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tests.web.conftest import House

from plumbline.api import openapi, records
from plumbline.clauses import queries as clauses
from plumbline.controls import declare, posture, registry
from plumbline.identity import roles
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds
from plumbline.web import navigation

pytestmark = pytest.mark.django_db(transaction=True)
PLURALS = {kind.slug: kind.plural for kind in kinds.all_kinds()}
SLUGS = list(PLURALS)
PAGES = ("/", "/requirements/iso42001:A.6.2.6/", "/requirements/iso42001:10.2/")


@pytest.fixture(params=SLUGS)
def missing(request: pytest.FixtureRequest, house: House) -> Iterator[str]:
    """The kind that is not there, by its slug."""
    with kinds.without(request.param):
        yield request.param


def test_the_rest_answers(missing: str, house: House) -> None:
    client = house.client("aims-manager")
    entries = [entry for group in navigation.groups("/", {}, {}) for entry in group.entries]
    assert len(entries) > 15
    for path in dict.fromkeys((*PAGES, *(entry.href for entry in entries))):
        answer = client.get(path)
        assert answer.status_code == 200, f"{path} without {missing} gave {answer.status_code}"
        assert b"/records/%b/" % missing.encode() not in answer.content


def test_state_and_api_are_described_without_it(missing: str, house: House) -> None:
    assert len(posture.posture(house.actor("aims-manager"))) > 30
    operations = tuple(operation for kind in kinds.all_kinds() for operation in records.operations(kind))
    document = openapi.document(operations)
    assert document["paths"]
    plural = PLURALS[missing]
    assert not [path for path in document["paths"] if re.search(rf"/{plural}(/|\.csv|$)", path)]


def test_nothing_names_it_any_longer(missing: str) -> None:
    assert missing not in roles.known_kinds()
    assert not any(missing in check.needed("records") for check in registry.all_checks())
    for check in declare.REGISTERED.values():
        if missing in check.needed("records"):
            assert check.slug not in registry.by_slug()
            with pytest.raises(NotFound):
                registry.get(check.slug)
    with pytest.raises(NotFound):
        clauses.rows(missing)


def test_afterwards_it_is_back_in_its_place() -> None:
    before, groups = kinds.all_kinds(), {slug: roles.kinds_of(slug) for slug in roles.GROUPS}
    for slug in SLUGS:
        with kinds.without(slug):
            assert not kinds.exists(slug)
    assert kinds.all_kinds() == before
    assert {slug: roles.kinds_of(slug) for slug in roles.GROUPS} == groups
