"""Components: each is shown on its page with an example, and every parameter says what it means."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.architecture.tree import ROOT, SOURCE
from tests.web import reading

from plumbline.web.components import declared

if TYPE_CHECKING:
    from django.test import Client

TEMPLATES = SOURCE / "plumbline" / "web" / "templates" / "web" / "components"


def test_every_component_and_parameter_says_what_it_means() -> None:
    assert len(declared()) >= 12
    silent = [entry.name for entry in declared() if not entry.meaning or not entry.example]
    silent += [
        f"{entry.name}.{parameter.name}"
        for entry in declared()
        for parameter in entry.parameters
        if not parameter.meaning
    ]
    assert not silent


def test_every_template_of_a_component_belongs_to_one() -> None:
    names = {entry.name for entry in declared()}
    assert {path.stem for path in TEMPLATES.glob("*.html")} <= names


def test_the_formatter_knows_the_blocks() -> None:
    """Without their names it would not indent what stands in them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["djangofmt"]
    assert sorted(settings["custom-blocks"]) == [entry.name for entry in declared() if entry.is_block]


@pytest.mark.django_db(transaction=True)
def test_every_component_is_on_their_page_with_its_example(mina: Client) -> None:
    answer = mina.get(reverse("components"))
    shown = reading.read(answer.content)
    assert {entry.name for entry in declared()} <= set(shown.values("id"))
    for entry in declared():
        assert entry.example in shown.text, entry.name
        assert entry.meaning in shown.prose, entry.name
