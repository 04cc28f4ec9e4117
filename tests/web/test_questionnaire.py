"""A scored questionnaire on an impact assessment: through page, API, document and command line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.catalogs.test_questionnaires import DIGESTS, EXPECTED, FOLDER
from tests.cli.conftest import plumbline
from tests.web import reading

from plumbline.clauses.questionnaires import commands, queries
from plumbline.identity import commands as people
from plumbline.kernel import clock
from plumbline.kernel.problems import Invalid, NotAllowed
from plumbline.records import commands as doors
from plumbline.records import queries as records
from plumbline.reports.documents import commands as documents
from plumbline.trail import log

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

    from plumbline.identity.actors import Actor

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
NAME = next(name for name, row in EXPECTED.items() if row["raw"] != row["current"])
CONTENT = (FOLDER / NAME).read_bytes()
OTHER = (FOLDER / min(EXPECTED)).read_bytes()


@pytest.fixture
def assessment(house: House) -> str:
    return house.make("impact-assessment", title="Impacts of hiring", system=house.references["system"])


def answers(content: bytes = CONTENT) -> SimpleUploadedFile:
    return SimpleUploadedFile("answers.json", content, "application/json")


def carried(actor: Actor, reference: str) -> Any:
    record = records.find(actor, reference)[0]
    return queries.carried(record, queries.published_of(record))


def test_a_file_is_added_on_the_page_and_its_result_is_shown_there(
    house: House, mina: Client, assessment: str
) -> None:
    address = f"/records/{assessment}/questionnaire/"
    assert "No file of answers is attached." in reading.read(mina.get(address).content).text
    assert "Add a file of answers" in reading.read(mina.get(f"/records/{assessment}/").content).text
    before = log.size()
    sent = mina.post(address, {"answers": answers(), "published_level": "1", "published_current": "33"})
    assert sent.status_code == 302, reading.read(sent.content).text
    entries = log.leaves(before, log.size())
    assert [entry.entry_type for entry in entries] == ["record.amended", "record.attached"]
    for content in (mina.get(address).content, mina.get(f"/records/{assessment}/").content):
        text = " ".join(reading.read(content).text.split())
        assert "33 of 126" in text
        assert "37 of 92" in text
        assert DIGESTS["v0.10.0"] in text
        # The level follows; the score of somebody who left the deduction out does not.
        assert "The score 33 was published; the answers come to 28." in text
        assert "impact level 1 was published" not in text
    assert "Processus" not in mina.get(address).content.decode()


def test_another_file_takes_its_place_and_the_former_one_stays(house: House, assessment: str) -> None:
    manager = house.actor("aims-manager")
    commands.carry(manager, assessment, "first.json", CONTENT)
    commands.carry(manager, assessment, "second.json", OTHER)
    found = carried(manager, assessment)
    assert (found.file.name, found.result.level) == ("second.json", 2)
    assert found.file.replaces.name == "first.json"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"{}", "data"),
        (CONTENT.replace(b"v0.10.0", b"v0.9.1"), "version"),
        (b'{"data": {"projectDetailsTitle": "x"}}', "version"),
    ],
)
def test_what_cannot_be_scored_is_refused_and_nothing_is_half_written(
    house: House, mina: Client, assessment: str, content: bytes, field: str
) -> None:
    before = log.size()
    refused = mina.post(
        f"/records/{assessment}/questionnaire/", {"answers": answers(content), "published_level": "1"}
    )
    assert refused.status_code == 422
    with pytest.raises(Invalid) as problem:
        commands.carry(house.actor("aims-manager"), assessment, "a.json", content)
    assert [fault.field for fault in problem.value.faults] == [field]
    bad = {"answers": answers(), "published_level": "-1"}
    assert mina.post(f"/records/{assessment}/questionnaire/", bad).status_code == 422
    assert log.size() == before
    assert carried(house.actor("aims-manager"), assessment) is None


def test_it_belongs_to_impact_assessments_and_to_who_may_write_them(
    house: House, mina: Client, assessment: str
) -> None:
    with pytest.raises(Invalid):
        commands.carry(house.actor("aims-manager"), house.references["risk"], "a.json", CONTENT)
    assert mina.get(f"/records/{house.references['risk']}/questionnaire/").status_code == 404
    with pytest.raises(NotAllowed):
        commands.carry(house.actor("viewer"), assessment, "a.json", CONTENT)
    viewer = house.client("viewer")
    assert (
        "<form"
        not in viewer.get(f"/records/{assessment}/questionnaire/").content.decode().split("</header>")[-1]
    )
    assert viewer.post(f"/records/{assessment}/questionnaire/", {"answers": answers()}).status_code == 403


def test_a_file_that_was_attached_by_hand_counts_and_one_of_an_unknown_version_says_so(
    house: House, mina: Client, assessment: str
) -> None:
    manager = house.actor("aims-manager")
    doors.attach(manager, assessment, "notes.json", b'{"some": "notes"}', "application/json")
    assert carried(manager, assessment) is None
    doors.attach(manager, assessment, "old.json", CONTENT.replace(b"v0.10.0", b"v0.9.1"), "application/json")
    assert carried(manager, assessment).result is None
    text = " ".join(reading.read(mina.get(f"/records/{assessment}/").content).text.split())
    assert "The questionnaire of this version is not at hand, so nothing is worked out." in text
    doors.attach(manager, assessment, "new.json", CONTENT, "application/json")
    assert carried(manager, assessment).result.level == 1


def test_the_document_of_the_record_has_result_findings_and_answers(house: House, assessment: str) -> None:
    manager = house.actor("aims-manager")
    commands.carry(manager, assessment, "answers.json", CONTENT, queries.Published(level=2))
    sent = json.loads(documents.issue(manager, assessment, "json").content)
    text = json.dumps(sent["content"], ensure_ascii=False)
    for said in (
        "33 of 126",
        "37 of 92",
        DIGESTS["v0.10.0"],
        "The impact level 2 was published; the answers come to 1.",
    ):
        assert said in text
    # Every answered question, in the words of the questionnaire.
    assert "Have alternative non-automated processes been considered?" in text


def test_the_api_and_the_command_line_carry_and_read_it(
    house: House, assessment: str, live_server: Any, tmp_path: Any
) -> None:
    person = house.person("aims-manager")
    ends = clock.now() + timedelta(days=1)
    token = people.issue_token(
        house.actor("aims-manager"), name="cli", scopes=("read", "write"), expires=ends, owner=person
    ).text
    file = tmp_path / "answers.json"
    file.write_bytes(CONTENT)
    to = ("--url", live_server.url, "--token", token)
    added = plumbline("assess", "add", assessment, str(file), "--published-level", "2", *to)
    assert assessment in added.stderr
    read = json.loads(plumbline("assess", "read", assessment, "--json", *to).stdout)
    row = EXPECTED[NAME]
    for name in ("raw", "mitigation", "current", "level"):
        assert read["result"][name] == int(row[name])
    assert [finding["code"] for finding in read["result"]["findings"]] == ["published"]
    assert not read["result"]["follows"]
    assert sum(len(section["lines"]) for section in read["answers"]) > 60
    assert "does not follow" in plumbline("assess", "read", assessment, *to).stdout.casefold()
    plumbline("assess", "add", house.references["risk"], str(file), *to, code=1)
