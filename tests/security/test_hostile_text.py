"""Texts that somebody sends break no page, run nowhere and start no formula."""

from __future__ import annotations

from typing import Any

import pytest
from django.forms import MultipleChoiceField
from django.urls import reverse
from tests.security.conftest import House

from plumbline.kernel import clock
from plumbline.records import commands
from plumbline.records.csv_export import harmless

database = pytest.mark.django_db(transaction=True)

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}{% now %}"
MARKDOWN = (
    "[a](javascript:alert(1)) [b](data:text/html,x) ![c](http://evil.example/p.png) <b onclick=x>d</b>\n\n"
    "<style>*{}</style>\n\n[e]: javascript:alert(2)\n\n[e] <javascript:alert(3)> [f](  JaVaScRiPt:alert(4))"
)
LOOKALIKES = [
    "AB-12345678901234",
    "ABCDE-1234567890",
    "RSK-\u0661\u0662\u0663\u0664",
    "2026-99-99T99:99:99Z",
    "2026-13-01T00Z",
    "0000-00-00T::Z",
    "iso42001:../../x",
    "\u202egnp.exe",
]


def pages(reference: str) -> list[str]:
    return [
        "/records/suppliers/",
        f"/records/{reference}/",
        f"/records/{reference}/edit/",
        f"/records/{reference}/history/",
        f"/records/{reference}/?as_of={clock.today()}",
        "/records/suppliers/?q=script",
        "/search/?q=script",
        "/evidence/",
        reverse("my-work"),
        "/",
    ]


@pytest.fixture(autouse=True)
def before_names_were_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Titles and file names with signs that nobody sees, as installations have them from before they were
    refused: pages have to go on showing them safely."""
    monkeypatch.setattr("plumbline.records.form_faults.deceptive_signs", lambda text: ())


@pytest.fixture
def texts() -> list[str]:
    """Names of the short text fields of a supplier, and of the long ones."""
    from django.db import models

    from plumbline.records import kinds

    kind = kinds.get("supplier")
    fields = [kind.field(name) for name in kind.own_fields]
    return [
        field.name
        for field in fields
        if type(field) in (models.CharField, models.TextField) and not field.choices
    ]


def supplier(house: House, names: list[str], text: str) -> str:
    from plumbline.clauses.operation.suppliers import Supplier
    from plumbline.records import forms, kinds

    known = Supplier.objects.exists()
    mina = house.actor("Mina") if known else house.actor("Mina", "aims-manager")
    told: dict[str, Any] = {"title": text[:200]}
    for name in names:
        told[name] = text[: Supplier._meta.get_field(name).max_length or 10_000]  # type: ignore[union-attr]
    for name, field in forms.form_class(kinds.get("supplier")).base_fields.items():
        choices = getattr(field, "choices", ()) if field.required and name not in told else ()
        words = [str(value) for value, _ in choices if value]
        if words:
            told[name] = words[:1] if isinstance(field, MultipleChoiceField) else words[0]
    _, faults = forms.clean(kinds.get("supplier"), mina, told)
    for fault in faults:
        told[fault.field] = "x"
    saved = commands.create(mina, "supplier", told)
    commands.comment(mina, saved.reference, text)
    commands.attach(
        mina, saved.reference, f"{text[:60].replace('/', '')}.svg", b"<svg onload=alert(1)>", "image/svg+xml"
    )
    commands.amend(mina, saved.reference, {"title": "x " + text[:150]}, revision=1, note=text)
    commands.amend(mina, saved.reference, {"title": text[:200]}, revision=2)
    return saved.reference


@database
def test_a_text_that_looks_like_something_else_breaks_no_page(house: House, texts: list[str]) -> None:
    for text in LOOKALIKES:
        reference = supplier(house, texts, text)
        browser = house.browser(house.person("Mina"), raise_request_exception=False)
        answers = {path: browser.get(path).status_code for path in pages(reference)}
        assert set(answers.values()) == {200}, (text, answers)


@database
@pytest.mark.parametrize("text", [SCRIPT, MARKDOWN])
def test_markup_is_shown_and_not_run(house: House, texts: list[str], text: str) -> None:
    reference = supplier(house, texts, text)
    browser = house.browser(house.person("Mina"))
    for path in pages(reference):
        answer = browser.get(path)
        content = answer.content.decode()
        lower = content.lower()
        for sign in (
            "<script>alert",
            "<img",
            "<b onclick",
            'href="javascript',
            'href="data:',
            "<style",
            "<svg onload",
        ):
            assert sign not in lower, (path, sign)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


@database
def test_a_file_is_only_ever_saved(house: House, texts: list[str]) -> None:
    reference = supplier(house, texts, 'a"\r\nSet-Cookie: x=1;\u202e'.replace("\r\n", "") + "</title>")
    person = house.person("Mina")
    browser, send = house.browser(person), house.api(house.token(person, "read"))
    number = send("GET", f"/suppliers/{reference}/attachments").json()[0]["id"]
    for answer in (
        browser.get(f"/records/{reference}/files/{number}/"),
        send("GET", f"/suppliers/{reference}/attachments/{number}"),
    ):
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1+1",
        "\u00a0=1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff20x",
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell).startswith("'")


@pytest.mark.parametrize("cell", ["-1.5", "+3", "plain", "a=1", ""])
def test_figures_and_words_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell
