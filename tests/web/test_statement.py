"""The statement of applicability decided on its page: many rows in one save, then by a second person."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from tests.web import reading

from plumbline import catalogs
from plumbline.reports.decisions import queries
from plumbline.trail import log

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
_TEXTAREA = re.compile(r'<textarea[^>]*?name="([^"]+)"[^>]*>(.*?)</textarea>', re.DOTALL)


def _fields(html: bytes) -> dict[str, Any]:
    """What a browser would send from the form of decisions if nobody touched it."""
    sent: dict[str, Any] = {}
    page = reading.read(html)
    for field in page.all("input"):
        name, kind = field.get("name", ""), field.get("type", "text")
        if not name or (kind in ("radio", "checkbox") and "checked" not in field):
            continue
        sent.setdefault(name, []).append(field.get("value", ""))
    for name, text in _TEXTAREA.findall(html.decode()):
        sent[name] = unescape(text).removeprefix("\n")
    return sent


def _numbers() -> list[str]:
    return [control.number for control in catalogs.controls()]


def _undecided(house: House) -> list[str]:
    known = queries.rows_now(house.actor("aims-manager"))
    return [control.number for control in catalogs.controls() if control.id not in known]


def test_one_save_decides_every_row_and_asks_for_its_review(house: House, mina: Client) -> None:
    """Six new rows and the draft that was there before; the rest of the page stays as it was."""
    sent = _fields(mina.get(reverse("statement")).content)
    left = _undecided(house)
    assert len(left) == 37
    for number in left[:6]:
        sent |= {
            f"applies-{number}": "yes",
            f"because-{number}": ["own policy"],
            f"reason-{number}": "Our policy asks for it.",
        }
    size = log.size()
    answer = mina.post(reverse("statement-decide"), {**sent, "then": "review"})
    assert answer["Location"] == reverse("statement")
    assert log.size() >= size + 2 * 6 + 1
    page = mina.get(reverse("statement"))
    assert "7 decisions are saved. 7 rows wait for a second person." in reading.read(page.content).text
    assert {row.state for row in queries.rows_now(house.actor("aims-manager")).values()} == {"in review"}


def test_what_is_decided_is_folded(house: House, mina: Client) -> None:
    """Only areas that ask for work are open, as far as they fit a page; a choice of rows is open."""

    def opened(query: str) -> list[bool]:
        page = reading.read(mina.get(reverse("statement") + query).content)
        return ["open" in fold for fold in page.all("details") if fold.get("class") == "sec"]

    assert opened("") == [True, True] + [False] * 7
    assert opened("?show=applicable") == [True]


def test_a_refusal_brings_everything_typed_back(house: House, mina: Client) -> None:
    sent = _fields(mina.get(reverse("statement")).content)
    first, second, third = _undecided(house)[:3]
    sent |= {
        f"applies-{first}": "yes", f"because-{first}": ["law"], f"reason-{first}": "The AI Act asks for it.",
        f"reason-{second}": "Typed, and no answer chosen.", f"applies-{third}": "no",
    }  # fmt: skip
    size = log.size()
    answer = mina.post(reverse("statement-decide"), {**sent, "then": "review"})
    assert answer.status_code == 422
    assert log.size() == size
    page = reading.read(answer.content)
    assert "The AI Act asks for it." in page.text
    assert "Typed, and no answer chosen." in page.text
    assert "choose whether it applies" in page.text.lower()
    chosen = {field["name"]: field["value"] for field in page.all("input") if "checked" in field}
    assert chosen[f"applies-{first}"] == "yes"
    assert chosen[f"because-{first}"] == "law"
    assert chosen[f"applies-{third}"] == "no"


def test_one_answer_for_all_chosen_rows(house: House, mina: Client) -> None:
    sent = _fields(mina.get(reverse("statement")).content)
    chosen = _undecided(house)[:4]
    sent |= {
        "chosen": chosen, "applies-all": "no", "reason-all": "We buy no models from others.",
    }  # fmt: skip
    assert mina.post(reverse("statement-decide"), sent).status_code == 302
    rows = queries.rows_now(house.actor("aims-manager"))
    ids = {control.number: control.id for control in catalogs.controls()}
    assert {rows[ids[number]].reason for number in chosen} == {"We buy no models from others."}
    assert {rows[ids[number]].state for number in chosen} == {"draft"}


def test_a_page_that_nobody_touched_saves_nothing(house: House, mina: Client) -> None:
    sent = _fields(mina.get(reverse("statement")).content)
    size = log.size()
    assert mina.post(reverse("statement-decide"), sent).status_code == 422
    assert log.size() == size


def test_what_speaks_for_a_control_is_no_reason_to_leave_it_out(house: House, mina: Client) -> None:
    """The present reason stands in the field; turned to No without another one, it is not taken for it."""
    sent = _fields(mina.get(reverse("statement")).content)
    number = next(each for each in _numbers() if each not in _undecided(house))
    row = queries.rows_now(house.actor("aims-manager"))
    (present,) = row.values()
    sent |= {f"applies-{number}": "no", f"reason-{number}": present.reason}
    refused = mina.post(reverse("statement-decide"), {**sent, "then": "review"})
    assert refused.status_code == 422
    assert (
        mina.post(reverse("statement-decide"), {**sent, f"reason-{number}": "Not ours."}).status_code == 302
    )
    (turned,) = queries.rows_now(house.actor("aims-manager")).values()
    assert (turned.values["applicable"], turned.values["justification"]) == ("no", "")


def test_a_second_person_previews_the_approval_of_all_that_waits(house: House, mina: Client) -> None:
    sent = _fields(mina.get(reverse("statement")).content)
    number = _undecided(house)[0]
    sent |= {f"applies-{number}": "yes", f"because-{number}": ["law"], f"reason-{number}": "Law."}
    mina.post(reverse("statement-decide"), {**sent, "then": "review"})
    second = house.client("top-management")
    answer = second.post(reverse("statement-approve"), {})
    assert answer["Location"].startswith("/bulk/")
    assert "Check what will be changed" in reading.read(second.get(answer["Location"]).content).text


def test_freezing_says_what_is_missing(house: House, mina: Client) -> None:
    answer = mina.post(reverse("statement-freeze"), {"occasion": "Stage 1"})
    assert answer.status_code == 409
    assert "has no approved row for" in reading.read(answer.content).text


def test_nobody_decides_without_the_right_or_on_an_earlier_day(house: House, mina: Client) -> None:
    for page in (
        house.client("viewer").get(reverse("statement")),
        mina.get(reverse("statement"), {"as_of": "2026-11-19"}),
    ):
        assert page.status_code == 200
        assert not _fields(page.content).get("row")
    refused = house.client("viewer").post(
        reverse("statement-decide"), {"row": "A.2.2", "applies-A.2.2": "yes"}
    )
    assert refused.status_code == 403


def test_a_choice_of_rows_shows_those_alone(house: House, mina: Client) -> None:
    page = mina.get(reverse("statement"), {"show": "undecided"})
    assert len(_fields(page.content)["row"]) == 37
