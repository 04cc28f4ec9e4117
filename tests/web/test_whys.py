"""The whys of a nonconformity: a table in form, page and document; one text through other doors."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.web import reading
from tests.web.test_typed import page, panel

from plumbline.identity import commands as people
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.records import commands, csv_export, kinds, queries
from plumbline.wording import english

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
QUESTIONS = ["Why did 11 declines leave without a person?", "Why was the rule not applied there?"]
ANSWERS = ["The review rule was not applied.", "The portal called an older <address> | a fork."]
TEXT = f"{QUESTIONS[0]} | {ANSWERS[0]}\n{QUESTIONS[1]} | The portal called an older <address> \\| a fork."
REST = {"similar": "Fraud score: not found.", "correction": "The address is closed.", "grade": "minor"}


def opened(house: House) -> str:
    made = house.make("nonconformity", title="Declined unseen", description="Two.", own_rule="Rule 4.")
    commands.move(house.actor("aims-manager"), made, "confirm", revision=1, reason="It is.")
    return made


def test_rows_are_typed_kept_and_shown_as_a_table(house: House, mina: Client) -> None:
    made = opened(house)
    sent = panel(mina, made, "correct")
    assert "whys" in sent["_fields"]
    rows: dict[str, Any] = {"f-whys-question": [*QUESTIONS, ""], "f-whys-answer": [*ANSWERS, ""]}
    typed = {**sent, **rows, "f-cause_method": "five whys", "reason": "Done."}
    assert mina.post(f"/records/{made}/moves/correct/typed/", typed).status_code == 200
    # A refusal and a closed tab bring the rows back where they stood.
    refused = mina.post(f"/records/{made}/moves/correct/", typed)
    assert refused.status_code == 422
    for content in (refused.content, mina.get(f"/records/{made}/?step=correct").content):
        read = reading.read(content)
        inputs = [a.get("value") for a in read.all("input") if a.get("name") == "f-whys-question"]
        assert inputs[:2] == QUESTIONS
        assert len(inputs) == 5
        assert ANSWERS[1] in read.text
    fields = {f"f-{name}": value for name, value in REST.items()}
    taken = mina.post(f"/records/{made}/moves/correct/", {**typed, **fields})
    assert taken.status_code == 302, reading.read(taken.content).text
    record: Any = queries.find(house.actor("aims-manager"), made)[0]
    assert (record.state, record.whys, record.cause) == ("corrected", TEXT, "")
    content = mina.get(f"/records/{made}/").content.decode()
    assert content.count('<span class="q">') >= 2
    assert "&lt;address&gt; | a fork." in content
    assert "What its cause still needs" not in content or "cause," not in content


def test_an_edit_that_touches_no_row_changes_none(house: House, mina: Client) -> None:
    made = opened(house)
    actor = house.actor("aims-manager")
    commands.amend(actor, made, {"cause_method": "five whys", "whys": TEXT, "cause": "Old text."}, revision=2)
    sent, _ = page(mina, f"/records/{made}/edit/?fields=all")
    answer = mina.get(f"/records/{made}/edit/?fields=all").content
    read = reading.read(answer)
    assert [a.get("value") for a in read.all("input") if a.get("name") == "whys-question"][:2] == QUESTIONS
    saved = mina.post(
        f"/records/{made}/edit/",
        {
            **sent, "title": "Declined unseen", "description": "Two.", "own_rule": "Rule 4.",
            "grade": "not graded", "source": "observation", "cause_method": "five whys", "cause": "Old text.",
            "whys-question": QUESTIONS, "whys-answer": ANSWERS,
        },
    )  # fmt: skip
    assert saved.status_code == 302, reading.read(saved.content).text
    record: Any = queries.find(actor, made)[0]
    assert (record.whys, record.cause) == (TEXT, "Old text.")


def test_a_question_without_an_answer_holds_the_correction_up(house: House, mina: Client) -> None:
    made, actor = opened(house), house.actor("aims-manager")
    values = {"cause_method": "five whys", "whys": f"{QUESTIONS[0]} |", "cause": "The rule.", **REST}
    commands.amend(actor, made, values, revision=2)
    with pytest.raises(Conflict) as refused:
        commands.move(actor, made, "correct", revision=3)
    assert [(fault.field, english(fault.message)) for fault in refused.value.faults] == [
        ("whys", "row 1 has no answer")
    ]
    commands.amend(actor, made, {"whys": TEXT, "cause": ""}, revision=3)
    commands.move(actor, made, "correct", revision=4)


@pytest.mark.parametrize(
    ("whys", "field"),
    [
        ("\n".join(f"Why {number}? | So." for number in range(13)), "whys"),
        (f"Why? | {'x' * 1001}", "whys"),
    ],
)
def test_what_is_too_much_is_refused_with_what_to_do(house: House, whys: str, field: str) -> None:
    made = opened(house)
    with pytest.raises(Invalid) as refused:
        commands.amend(
            house.actor("aims-manager"), made, {"cause_method": "five whys", "whys": whys}, revision=2
        )
    assert [fault.field for fault in refused.value.faults] == [field]


def test_programs_registers_and_documents_have_the_same_rows(house: House, mina: Client) -> None:
    made, actor = opened(house), house.actor("aims-manager")
    second = f"{QUESTIONS[1]} | The portal called an older <address> \\| a fork."
    numbered = f"1. {QUESTIONS[0]} {ANSWERS[0]}\n2) {second}"
    commands.amend(actor, made, {"cause_method": "five whys", "whys": numbered}, revision=2)
    expires = clock.now() + timedelta(days=1)
    token = people.issue_token(actor, name="t", scopes=["read"], expires=expires).text
    asked = {"Authorization": f"Bearer {token}"}
    answer = mina.get(f"/api/v1/nonconformities/{made}", headers=asked)
    assert answer.json()["values"]["whys"] == TEXT
    kind = kinds.get("nonconformity")
    text = "".join(csv_export.csv_chunks(csv_export.rows(actor, kind), csv_export.header(kind)))
    row = next(row for row in csv.DictReader(io.StringIO(text, newline="")) if row["reference"] == made)
    assert row["whys"] == TEXT
    document = json.dumps(mina.get(f"/issued-documents/{made}.json").json(), ensure_ascii=False)
    assert json.dumps(["2", QUESTIONS[1], ANSWERS[1]], ensure_ascii=False) in document


def test_a_condition_that_names_a_record_leads_there(house: House, mina: Client) -> None:
    made, actor = opened(house), house.actor("aims-manager")
    commands.amend(actor, made, {"cause": "The rule.", **REST}, revision=2)
    commands.move(actor, made, "correct", revision=3)
    action = house.make(
        "corrective-action", title="Close it", nonconformity=made, cause="The rule.", action="Close.",
        due="2026-12-01", effectiveness_measure="Ten cases.",
    )  # fmt: skip
    content = mina.get(f"/records/{made}/?step=verify").content.decode()
    unmet = content.split('id="un-verify"')[1].split("</ul>")[0]
    assert f'href="/records/{action}/"' in unmet
    assert "/records/corrective-actions/new/" not in unmet
