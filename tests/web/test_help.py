"""Help inside the product: a document for every page, whole documents, one glossary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.web import reading

from plumbline.web.help import documents, glossary, topics

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

NAMES = documents.names()


def is_there(target: str) -> bool:
    """Whether a document has the part that a target names."""
    name, _, part = target.partition("#")
    return name in NAMES and (not part or part in documents.document(name).anchors)


def test_every_page_that_is_read_has_a_document_or_says_why_not() -> None:
    from plumbline.web.pages import declared

    read = {page.name for page in declared() if page.method in ("GET", "GET+POST") and not page.is_public}
    assert read - topics.TOPICS.keys() - topics.WITHOUT.keys() == set()
    assert not (topics.TOPICS.keys() | topics.WITHOUT.keys()) - read
    assert not topics.TOPICS.keys() & topics.WITHOUT.keys()
    assert all(topics.WITHOUT.values())


@pytest.mark.parametrize("target", sorted(set(topics.TOPICS.values())))
def test_what_a_page_points_to_is_there(target: str) -> None:
    assert is_there(target)


def test_every_kind_of_record_has_its_part_of_the_reference() -> None:
    from plumbline.records import kinds

    own = [kind for kind in kinds.all_kinds() if kind.model.__module__.startswith("plumbline.")]
    assert own
    for kind in own:
        assert topics.kind_anchor(kind) in documents.document("reference/kinds").anchors, kind.slug


@pytest.mark.parametrize("name", NAMES)
def test_a_document_has_a_title_and_no_dead_link(name: str) -> None:
    found = documents.document(name)
    assert found.title != name
    assert found.html
    assert "<img" not in found.html
    assert "<script" not in found.html
    for address in re.findall(r'href="([^"]+)"', found.html):
        if address.startswith("#"):
            assert address[1:] in found.anchors, address
        elif not address.startswith("http"):
            assert address.startswith("/help/documents/"), address
            path, _, part = address.removeprefix("/help/documents/").partition("#")
            assert is_there(f"{path.rstrip('/')}#{part}"), address


def test_a_name_that_is_no_document_opens_no_file() -> None:
    for name in ("../pyproject", "howto/../../README", "conf", "/etc/passwd", "howto", ""):
        with pytest.raises(KeyError):
            documents.document(name)


def test_the_glossary_has_every_state_once() -> None:
    from plumbline.kernel.states import MeasuredState, RequirementState

    states = [word for word, _ in glossary.terms("States")]
    assert len(states) == len(set(states))
    assert {str(state) for state in (*MeasuredState, *RequirementState)} == set(states)
    words = [word for word, _ in glossary.terms("Terms")]
    assert len(words) == len(set(words)) >= 30
    assert all(text for section in ("States", "Terms") for _, text in glossary.terms(section))


@pytest.mark.django_db
def test_the_question_mark_leads_to_the_document_of_the_page(house: House, mina: Client) -> None:
    def leads(path: str) -> str:
        text = mina.get(path).content.decode()
        found = re.search(r'href="([^"]+)"\s+data-help', text)
        assert found is not None
        return found[1]

    assert leads("/telemetry/") == "/help/documents/howto/send-telemetry/"
    assert leads("/records/risks/") == "/help/documents/reference/kinds/#risk-rsk"
    assert leads(f"/records/{house.references['risk']}/") == "/help/documents/reference/kinds/#risk-rsk"
    assert leads("/help/") == "/help/"
    assert mina.get(leads("/settings/")).status_code == 200


@pytest.mark.django_db
def test_help_and_glossary_say_the_same_of_a_state(house: House, mina: Client) -> None:
    meaning = dict(glossary.terms("States"))["Degraded"]
    assert meaning in reading.read(mina.get("/help/").content).text
    assert meaning in reading.read(mina.get("/help/glossary/").content).text
    assert mina.get("/help/documents/howto/no-such-thing/").status_code == 404
