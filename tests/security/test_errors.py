"""A refusal names the field and the remedy, and never says what was sent."""

from __future__ import annotations

import logging
from itertools import product
from typing import Any

import pytest
from tests.security.conftest import House

from plumbline.records import commands, forms, kinds

pytestmark = pytest.mark.django_db(transaction=True)

WORD = "Zqxjk9Vwpf"
SHAPES: list[Any] = [
    WORD,
    [WORD],
    {WORD: WORD},
    f"{WORD}-0001",
    f"SYS-9999{WORD}",
    f"{WORD}@x",
    f"<{WORD}>",
    9.5,
    True,
]


def test_no_field_of_any_kind_is_echoed(house: House) -> None:
    send = house.api(house.token(house.person("Mina", "aims-manager"), "read", "write"))
    for kind, shape in product(kinds.all_kinds(), SHAPES):
        fields = forms.form_class(kind).base_fields
        said = send("POST", f"/{kind.plural}", {"values": dict.fromkeys(fields, shape)}).content.decode()
        assert WORD not in said, (kind.slug, shape)


def test_no_other_body_is_echoed(house: House) -> None:
    person = house.person("Mina", "aims-manager")
    saved = commands.create(house.actor("Mina"), "ai-system", {"title": "A", "slug": "a"})
    send = house.api(house.token(person, "read", "write", "pack"))
    base, seen = f"/ai-systems/{saved.reference}", {"If-Match": '"1"'}
    pack = {"recipient": "a", "purpose": "b"}
    asked: list[tuple[str, str, Any]] = [
        ("POST", f"{base}/moves", {"move": WORD}),
        ("POST", f"{base}/moves", {"move": "approve", "reason": WORD}),
        ("POST", f"{base}/links", {"relation": WORD * 9, "target": WORD}),
        ("POST", f"{base}/links", {"relation": "is", "target": WORD}),
        ("POST", f"{base}/links", {"relation": "is", "target": f"SYS-{WORD}"}),
        ("POST", f"{base}/comments", {"text": WORD * 3_000}),
        ("POST", f"{base}/attachments?filename={WORD * 40}", None),
        ("PATCH", base, {"values": {"slug": f"{WORD} {WORD}"}, "note": WORD}),
        ("PATCH", base, WORD),
        ("POST", "/packs", {**pack, "from": WORD}),
        ("POST", "/packs", {**pack, "until": WORD, "expires": WORD}),
        ("POST", "/packs", {**pack, "systems": [WORD], "requirements": [WORD]}),
        ("POST", "/packs", {**pack, "sample": WORD}),
        ("GET", f"/ai-systems?sort={WORD}&state={WORD}", None),
        ("GET", f"/ai-systems?page={WORD}", None),
        ("GET", f"/ai-systems?as_of={WORD}", None),
        ("GET", f"/requirements?framework={WORD}", None),
        ("GET", f"/trail/entries?limit={WORD}", None),
    ]
    for method, path, value in asked:
        answer = send(method, path, value, **seen)
        document = {name: item for name, item in answer.json().items() if name != "instance"} if value else {}
        said = str(document) if value else answer.content.decode().replace(path.partition("?")[0], "")
        assert answer.status_code >= 400 or method == "GET", path
        assert WORD not in said, (path, said)


def test_no_typed_secret_comes_back_on_a_page(house: House) -> None:
    person = house.person("Mina", "aims-manager")
    browser = house.browser(person)
    from django.test import Client

    refused = Client().post("/sign-in/", {"email": "mina@halden.example", "password": WORD})
    changed = browser.post(
        "/account/password/", {"present": WORD, "password": WORD, "again": WORD, "repeat": WORD}
    )
    assert {refused.status_code, changed.status_code} <= {200, 422}
    for answer in (refused, changed):
        assert WORD not in answer.content.decode()


def test_a_refusal_leaves_the_log_alone_and_a_fault_inside_does_not(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever runs it reads what is wrong with it, not what strangers asked for."""
    from django.test import Client

    assert Client().get("/nowhere/", headers={"host": "evil.example"}).status_code == 400
    assert Client().get("/nowhere/").status_code in (302, 404)
    assert caplog.records == []
    logging.getLogger("django.request").error("broken inside")
    assert [record.message for record in caplog.records] == ["broken inside"]
