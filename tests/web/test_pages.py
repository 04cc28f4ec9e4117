"""Every page: it answers, it is whole, it needs nothing inline, and it lets in only who may see it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from django.urls import resolve, reverse
from tests.web import addresses, reading
from tests.web.conftest import ROLES

from plumbline.records import kinds
from plumbline.web import pages, security

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client
    from tests.web.conftest import House

Rendered = dict[str, tuple["HttpResponse", reading.Page]]
pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
MOST_QUERIES = 8


def test_a_sample_leads_to_the_page_that_declares_it(house: House) -> None:
    """Otherwise a page would be tested under another one's name."""
    for page in pages.declared():
        for address in addresses.of(house, page):
            match = resolve(unquote(address.partition("?")[0]))
            assert match.url_name == page.name, address


@pytest.fixture(scope="session")
def kept_pages() -> dict[str, Rendered]:
    """The pages that the first test to ask has read, for all others that get the same organization."""
    return {}


@pytest.fixture
def rendered(house: House, mina: Client, kept_pages: dict[str, Rendered]) -> Rendered:
    """Every page as the AIMS manager gets it, by its address."""
    made_for = house.event  # a random id: another one where the organization was made anew
    if made_for not in kept_pages:
        kept_pages[made_for] = {}
        for address in addresses.pages(house):
            answer = mina.get(address)
            kept_pages[made_for][address] = answer, reading.read(answer.content)
    return kept_pages[made_for]


def test_who_may_open_what_is_as_the_page_declares(house: House) -> None:
    """Every role at every page with permissions of its own: refused exactly where one of them is missing."""
    for role in ROLES:
        client, actor = house.client(role), house.actor(role)
        for page in pages.declared():
            if page.method == "POST" or not page.permissions:
                continue
            allowed = all(needed.answer(actor) for needed in page.permissions)
            for address in addresses.of(house, page):
                answer = client.get(address)
                if not allowed:
                    assert answer.status_code == 403, (role, address)
                elif "<" not in page.path:
                    assert answer.status_code == 200, (role, address)


def test_an_action_is_refused_before_it_is_tried(house: House) -> None:
    """A POST without the permission that its page declares changes nothing and says what is missing."""
    client, actor = house.client("viewer"), house.actor("viewer")
    refused = [
        page
        for page in pages.declared()
        if page.method == "POST" and not all(needed.answer(actor) for needed in page.permissions)
    ]
    assert {page.name for page in refused} >= {"people-invite", "person-role-give", "verify-now"}
    for page in refused:
        for address in addresses.of(house, page):
            assert client.post(address).status_code == 403, address


def test_pages_answer_to_the_methods_they_declare(house: House, mina: Client) -> None:
    for page in pages.declared():
        for address in addresses.of(house, page):
            if page.method == "POST":
                assert mina.get(address).status_code == 405, address
            elif page.method != "GET+POST":
                assert mina.post(address).status_code == 405, address


def test_the_overview_shows_every_page(house: House, mina: Client) -> None:
    text = reading.read(mina.get(reverse("pages")).content).prose
    for page in pages.declared():
        assert f"/{page.path}" in text
        assert page.title in text


def test_every_page_answers_and_is_whole(rendered: Rendered) -> None:
    for address, (answer, page) in rendered.items():
        assert answer.status_code == 200, address
        assert page.headings.count(1) == 1, address
        assert not page.crossed, (address, page.crossed)
        assert not page.open, (address, page.open)
        ids = page.values("id")
        assert len(ids) == len(set(ids)), (address, sorted(one for one in ids if ids.count(one) > 1))
        assert "None</h1>" not in answer.content.decode()


def test_headings_go_down_one_level_at_a_time(rendered: Rendered) -> None:
    """The sidebar stands before the first heading of the page and keeps to level 2."""
    for address, (_, page) in rendered.items():
        levels = page.headings
        own = levels[levels.index(1) :]
        jumps = [(a, b) for a, b in pairwise(own) if b > a + 1]
        assert not jumps, (address, own)


def test_no_page_has_anything_inline(rendered: Rendered) -> None:
    for address, (answer, page) in rendered.items():
        assert not page.inline, address
        assert answer["Content-Security-Policy"] == security.POLICY, address


def test_every_field_has_a_label_and_every_form_its_secret(rendered: Rendered) -> None:
    for address, (_, page) in rendered.items():
        labelled = {attrs.get("for", "") for attrs in page.all("label")}
        for tag in ("input", "select", "textarea"):
            for attrs in page.all(tag):
                if attrs.get("type") == "hidden" or "aria-label" in attrs:
                    continue
                assert attrs.get("id") in labelled, (address, tag, attrs)
        posting = sum(attrs.get("method") == "post" for attrs in page.all("form"))
        secrets = sum(attrs.get("name") == "csrfmiddlewaretoken" for attrs in page.all("input"))
        assert posting == secrets, address


def test_no_link_of_a_page_leads_nowhere(rendered: Rendered, mina: Client) -> None:
    """Every address on this installation that any page links to answers, anchors included."""
    seen = {address: page for address, (_, page) in rendered.items()}
    dead: set[tuple[str, str]] = set()
    for address, (_, page) in rendered.items():
        for href in {attrs.get("href", "") for attrs in page.all("a")}:
            target, _, anchor = href.partition("#")
            if not target:
                if anchor and anchor not in page.values("id"):
                    dead.add((address, href))
                continue
            if not target.startswith("/") or target.startswith("/api/"):
                continue
            if target not in seen:
                answer = mina.get(target)
                if answer.status_code not in {200, 302}:
                    dead.add((address, href))
                    continue
                html = answer["Content-Type"].startswith("text/html") and not answer.streaming
                seen[target] = reading.read(answer.content if html else "")
            if anchor and seen[target].tags and anchor not in seen[target].values("id"):
                dead.add((address, href))
    assert not dead


def test_strangers_are_sent_to_sign_in(house: House) -> None:
    from django.test import Client

    stranger = Client()
    for address in addresses.pages(house):
        answer = stranger.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/sign-in/?next="), address


def test_every_role_gets_each_page_or_a_reason(house: House) -> None:
    """The server decides: 200, or a page that names the missing permission and who can give it."""
    for role in ROLES:
        client = house.client(role)
        for address in addresses.pages(house):
            answer = client.get(address)
            assert answer.status_code in {200, 403, 404}, (role, address)
            if answer.status_code == 403:
                text = answer.content.decode()
                assert "permission" in text, (role, address)
                assert "AIMS manager can give it" in text, (role, address)
        new = client.get(reverse("record-new", args=["risks"]))
        assert (new.status_code == 200) is _writes_risk(role), role


def _writes_risk(role: str) -> bool:
    from plumbline.identity.roles import ROLES as TABLE

    return "create" in TABLE[role].verbs_on("risk")


@pytest.mark.parametrize("role", ["viewer", "external-auditor"])
def test_readers_are_offered_no_act(house: House, role: str) -> None:
    """What somebody may not do is absent; a step they may not take is shown with the reason, disabled."""
    client = house.client(role)
    answer = client.get(reverse("record", args=[house.references["attestation"]]))
    assert answer.status_code == 200
    page = reading.read(answer.content)
    actions = {attrs.get("action", "") for attrs in page.all("form") if attrs.get("method") == "post"}
    assert actions <= {"/preferences/theme/", "/preferences/sidebar/", "/sign-out/"}
    assert "You may not" in page.text


def test_an_auditor_sees_nothing_outside_the_scope(house: House) -> None:
    client = house.client("external-auditor")
    assert client.get(reverse("record", args=[house.references["risk"]])).status_code in {403, 404}
    assert "Photos differ" not in client.get("/search/?q=photos").content.decode()


@pytest.fixture
def log_state_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state of the log stays as derived: on a busy machine its second passes in the middle of a page."""
    from plumbline.trail import log_state

    monkeypatch.setattr(log_state, "AGE", float("inf"))


@pytest.mark.usefixtures("log_state_known")
def test_a_list_page_takes_eight_queries_at_the_most(
    house: House, mina: Client, django_assert_max_num_queries: Any
) -> None:
    """Cold: the counts of the sidebar are not cached yet."""
    from django.core.cache import cache

    mina.get("/records/")
    for kind in kinds.all_kinds():
        cache.clear()
        with django_assert_max_num_queries(MOST_QUERIES, info=kind.plural):
            assert mina.get(reverse("record-list", args=[kind.plural])).status_code == 200


@pytest.mark.usefixtures("log_state_known")
def test_a_list_takes_no_more_queries_for_a_reader_of_some_units(
    house: House, django_assert_max_num_queries: Any
) -> None:
    """The grants of the reader are two, and what is listed belongs to a unit below the one of the first."""
    from django.core.cache import cache
    from django.test import Client

    from plumbline.identity import commands as people

    above = people.create_unit(house.operator, name="Insurance")
    people.create_unit(house.operator, name="Claims", parent=above)
    beside = people.create_unit(house.operator, name="Sales")
    reader = people.create_person(house.operator, email="uno@halden.example", full_name="Uno Lie")
    people.give_grant(house.operator, reader, "aims-manager", unit=above)
    people.give_grant(house.operator, reader, "system-owner", unit=beside)
    made = house.make("ai-system", title="Quick Quote", slug="quick", unit="claims", owner=reader.email)
    naming = ("risk", "impact-assessment", "validation", "release", "dataset", "indicator")
    more = {"description": "Photos are read worse."}
    for kind in naming:
        fields = kinds.get(kind).own_fields
        given = {name: value for name, value in more.items() if name in fields}
        field = next(name for name in ("system", "systems") if name in fields)
        value: Any = [made] if field == "systems" else made
        for number in range(3):
            house.make(kind, title=f"Number {number}", **{field: value}, **given)
    client = Client()
    client.force_login(reader)
    client.get("/help/")
    for kind in kinds.all_kinds():
        cache.clear()
        with django_assert_max_num_queries(MOST_QUERIES, info=kind.plural):
            page = client.get(reverse("record-list", args=[kind.plural])).content.decode()
        assert ("Number 2" in page) is (kind.slug in naming), kind.slug


@pytest.mark.usefixtures("log_state_known")
def test_queries_of_a_list_do_not_grow_with_its_rows(
    house: House, mina: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        house.make("risk", title=f"Risk {number}", system=house.references["system"], description="Seen.")
    mina.get("/help/")
    with django_assert_max_num_queries(MOST_QUERIES):
        mina.get(reverse("record-list", args=["risks"]))


def test_unknown_addresses_answer_with_a_page(house: House, mina: Client) -> None:
    answer = mina.get("/no-such-page/")
    assert answer.status_code == 404
    assert "Reference" in answer.content.decode()


def test_bad_filters_name_the_field_and_the_remedy(house: House, mina: Client) -> None:
    for address in ("/records/risks/?colour=red", "/controls/?state=Fine", "/checks/?word=Fine"):
        answer = mina.get(address)
        assert answer.status_code == 422, address
        assert "one of" in answer.content.decode().lower(), address
