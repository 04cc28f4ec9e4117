"""Samples of an audit (9.2.2): the population before the seed, draws that anybody repeats, marks.

Everything goes through the doors as a named person. What is drawn is worked out a second time here with
hashlib alone, from the text that the product gives out.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from tests.honesty.test_audit_requests import asked, external, outside
from tests.honesty.test_audits import at, looked_at, report, under_way
from tests.honesty.world import Reply, World

pytestmark = pytest.mark.django_db(transaction=True)


def risks(office: World, count: int = 12) -> list[str]:
    """Risks to draw from."""
    return [
        office.create("mina", "risk", title=f"Risk {place}", description="It happens.")
        for place in range(count)
    ]


def commit(office: World, about: str, who: str = "tomas", **changed: Any) -> Reply:
    """Ask to commit to all risks, of which four are wanted."""
    asks = {"about": about, "of": "risk", "wanted": 4, **changed}
    return office.call(who, "POST", "audit-samples", asks)


def committed(office: World, about: str, who: str = "tomas", **changed: Any) -> dict[str, Any]:
    """A population that is committed to and signed."""
    reply = commit(office, about, who, **changed)
    assert reply.status == 201, reply.text
    signed()
    made: dict[str, Any] = reply.json
    return made


def signed() -> None:
    """Sign what the trail holds."""
    from plumbline.trail import publisher

    publisher.publish()


def draw(office: World, sample: str, seed: str, who: str = "tomas", **more: Any) -> Reply:
    """Ask to draw by a seed."""
    return office.call(who, "POST", f"audit-samples/{sample}/draws", {"seed": seed, **more})


def mark(office: World, sample: str, reference: str, word: str, who: str = "tomas", **more: Any) -> Reply:
    """Ask to mark an item of the first draw."""
    body = {"reference": reference, "mark": word, **more}
    return office.call(who, "POST", f"audit-samples/{sample}/draws/1/marks", body)


def lines(office: World, sample: str, who: str = "tomas") -> str:
    """The lines of a population, as the product gives them out."""
    reply = office.call(who, "GET", f"audit-samples/{sample}/population")
    assert reply.status == 200, reply.text
    return reply.content.decode()


def by_hand(text: str, seed: str, wanted: int) -> list[str]:
    """What a seed draws of the lines, by hashlib alone."""
    rows = text.splitlines()
    ranked = sorted(range(len(rows)), key=lambda place: hashlib.sha256(f"{seed}:{place}".encode()).digest())
    return [rows[place].split(" ")[0] for place in ranked[:wanted]]


def drawn(sample: dict[str, Any], number: int = 1) -> list[str]:
    """References of a draw, in order."""
    return [item["reference"] for item in sample["draws"][number - 1]["items"]]


def test_a_seed_draws_what_anybody_draws_again_from_the_lines(office: World) -> None:
    references = risks(office)
    made = committed(office, under_way(office))
    text = lines(office, made["id"])
    assert [line.split(" ")[0] for line in text.splitlines()] == references
    assert made["size"] == len(references)
    assert made["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    for seed in ("lind-731-nov9", "ключ 7"):
        reply = draw(office, made["id"], seed, reason="Twice, to compare.")
        assert reply.status == 200, reply.text
        assert drawn(reply.json, len(reply.json["draws"])) == by_hand(text, seed, 4)


def test_a_line_names_the_entry_of_the_trail_that_holds_the_revision(office: World) -> None:
    from plumbline.trail import log

    risks(office, 3)
    made = committed(office, under_way(office), wanted=1)
    for line in lines(office, made["id"]).splitlines():
        reference, revision, entry, hashed = line.split(" ")
        found = log.leaf(int(entry))
        assert hashlib.sha256(b"\x00" + found.body).hexdigest() == hashed
        assert (found.subject_ref, found.subject["revision"]) == (reference, int(revision))


def test_the_population_stands_in_the_trail_before_the_seed(office: World) -> None:
    from plumbline.trail import log

    risks(office)
    audit = under_way(office)
    early = commit(office, audit, seed="early")
    assert [fault["field"] for fault in early.json["errors"]] == ["seed"]
    reply = commit(office, audit)
    unsigned = draw(office, reply.json["id"], "now")
    assert unsigned.status == 503, "no checkpoint covers the population yet"
    signed()
    after = draw(office, reply.json["id"], "now").json
    said, then = log.leaf(after["entry"]), log.leaf(after["draws"][0]["entry"])
    assert (said.entry_type, then.entry_type) == ("sample.committed", "sample.drawn")
    assert said.facts["sha256"] == after["sha256"]
    assert said.facts["size"] == after["size"] == 12
    assert then.facts["population"] == said.index < then.index


def test_a_second_draw_stands_beside_the_first_and_both_are_shown(office: World) -> None:
    from plumbline.trail import log

    risks(office)
    audit = under_way(office)
    made = committed(office, audit)
    first = draw(office, made["id"], "one").json
    assert draw(office, made["id"], "one").status == 409, "the same seed draws the same"
    silent = draw(office, made["id"], "two")
    assert [fault["field"] for fault in silent.json["errors"]] == ["reason"]
    both = draw(office, made["id"], "two", reason="The first seed was seen by the line.").json
    assert both["draws"][0]["items"] == first["draws"][0]["items"]
    assert [one["number"] for one in both["draws"]] == [1, 2]
    assert "drawn 2 times" in both["draws"][0]["evidence"]
    entry = log.leaf(both["draws"][1]["entry"])
    assert entry.facts["draw"] == 2
    assert b"seen by the line" in (log.opening(entry.index, "reason") or b"")
    page = office.page("tomas", f"/records/{audit}/samples/")
    assert "Drawn 2 times, under another seed each. All draws stand." in page
    assert "The first seed was seen by the line." in page
    assert "drawn 2 times" in office.page("mina", f"/records/{audit}/")
    again = committed(office, audit)
    assert again["populations"] == 2
    assert "2 populations of the same kind and filter" in office.page("mina", f"/records/{audit}/samples/")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"wanted": 13}, "wanted"),
        ({"wanted": 0}, "wanted"),
        ({"wanted": -4}, "wanted"),
        ({"only": "state=closed"}, "only"),
        ({"of": "spaceship"}, "of"),
        ({"only": "colour=red"}, "colour"),
        ({"only": "state=identified&state=closed"}, "only"),
        ({"only": "owner__password=x"}, "owner__password"),
        ({"only": "q=a%00b"}, "only"),
        ({"only": "' OR 1=1 --"}, "only"),
        ({"only": "q=" + "x" * 600}, "only"),
        ({"only": "where=title ~ '("}, "where"),
    ],
)
def test_a_population_that_cannot_be_is_refused_and_leaves_nothing(
    office: World, changed: dict[str, Any], field: str
) -> None:
    from plumbline.trail import log

    risks(office)
    audit = under_way(office)
    size = log.size()
    refused = commit(office, audit, **changed)
    assert refused.status == 422, refused.text
    assert [fault["field"] for fault in refused.json["errors"]] == [field]
    assert not [leaf for leaf in log.leaves(size, log.size()) if leaf.entry_type.startswith("sample.")]


def test_a_filter_is_what_the_list_shows_and_may_be_its_address(office: World) -> None:
    references = risks(office, 5)
    office.amend("mina", references[2], title="Photos differ")
    audit = under_way(office)
    made = committed(office, audit, only="/risks/?q=photos&sort=-title&page=3", wanted=1)
    assert lines(office, made["id"]).split(" ")[:2] == [references[2], "2"]
    assert drawn(draw(office, made["id"], "x").json) == [references[2]]


def test_only_the_team_draws_and_marks(office: World) -> None:
    risks(office)
    audit = under_way(office)
    for who in ("mina", "stig", "cora", "ingrid"):
        assert commit(office, audit, who).status == 403, who
    made = committed(office, audit)
    assert draw(office, made["id"], "x", "mina").status == 403
    first = drawn(draw(office, made["id"], "x").json)[0]
    assert mark(office, made["id"], first, "conforms", "mina").status == 403
    page = office.page("mina", f"/records/{audit}/samples/")
    assert "Only the team of the audit does this." in page
    assert "Note it" not in page


def test_marks_are_counted_and_become_evidence(office: World) -> None:
    risks(office)
    audit = under_way(office)
    made = committed(office, audit)
    one, two, three, four = drawn(draw(office, made["id"], "x").json)
    bare = mark(office, made["id"], one, "differs")
    assert [fault["field"] for fault in bare.json["errors"]] == ["note"]
    assert mark(office, made["id"], one, "splendid").status == 422
    others = {line.split(" ")[0] for line in lines(office, made["id"]).splitlines()} - {one, two, three, four}
    assert mark(office, made["id"], others.pop(), "conforms").status == 404, "it was not drawn"
    mark(office, made["id"], one, "conforms")
    mark(office, made["id"], one, "differs", note="It has no level.")
    mark(office, made["id"], two, "conforms")
    said = mark(office, made["id"], three, "seen").json["draws"][0]
    assert said["counts"] == {"conforms": 1, "differs": 1, "seen": 1, "open": 1}
    for part in (
        "4 of 12",
        "Do not conform: 1. ",
        f"These do not conform: {one}.",
        "seed x",
        f"entry {made['entry']}",
        "Not looked at: 1",
    ):
        assert part in said["evidence"], part
    page = office.page("tomas", f"/records/{audit}/samples/")
    assert "It has no level." in page
    assert "Record a finding with this" in page
    found = office.make(
        "audit-finding", "tomas", audit=audit, evidence=said["evidence"], owner=at(office, "stig")
    )
    office.move("tomas", found, "record")


def test_what_became_of_an_item_since_is_said(office: World) -> None:
    references = risks(office, 3)
    audit = under_way(office)
    made = committed(office, audit, wanted=3)
    draw(office, made["id"], "x")
    office.amend("mina", references[0], title="Another title")
    items = {
        item["reference"]: item
        for item in office.get("tomas", f"audit-samples/{made['id']}")["draws"][0]["items"]
    }
    assert {reference: item["since"] for reference, item in items.items()} == {
        references[0]: "changed", references[1]: "", references[2]: "",
    }  # fmt: skip
    assert items[references[0]]["revision"] == 1
    assert "Changed since" in office.page("tomas", f"/records/{audit}/samples/")


def test_what_was_erased_since_is_said(office: World) -> None:
    from plumbline.trail import log
    from plumbline.trail.openings import queries as openings

    references = risks(office, 2)
    audit = under_way(office)
    made = committed(office, audit, wanted=2)
    draw(office, made["id"], "x")
    entry = int(lines(office, made["id"]).split(" ")[2])
    real = openings.read_at

    def erased(indexes: Any, slot: str) -> Any:
        return {**real(indexes, slot), entry: log.Erased(entry)}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "read_openings", erased)
        items = office.get("tomas", f"audit-samples/{made['id']}")["draws"][0]["items"]
    assert {item["reference"]: item["since"] for item in items} == {
        references[0]: "erased",
        references[1]: "",
    }


def test_an_auditor_who_becomes_an_owner_goes_on_with_nothing(office: World) -> None:
    references = risks(office)
    audit = under_way(office)
    made = committed(office, audit)
    item = drawn(draw(office, made["id"], "x").json)[0]
    office.amend("mina", references[0], owner=at(office, "tomas"))
    for refused in (
        commit(office, audit),
        draw(office, made["id"], "y", reason="Again."),
        mark(office, made["id"], item, "conforms"),
    ):
        assert refused.status == 409
        assert f"Tomas Holm owns {references[0]}" in refused.text
    page = office.page("tomas", f"/records/{audit}/samples/")
    assert f"{references[0]}, which this audit looks at" in page
    assert "Note it" not in page


def test_nothing_is_drawn_or_marked_after_the_report(office: World) -> None:
    risks(office)
    audit = under_way(office)
    made = committed(office, audit)
    item = drawn(draw(office, made["id"], "x").json)[0]
    looked_at(office, audit)
    assert report(office, audit).status == 200
    assert mark(office, made["id"], item, "conforms").status == 409
    assert commit(office, audit).status == 409
    assert "is not under way" in office.page("tomas", f"/records/{audit}/samples/")


def test_an_auditor_from_outside_draws_for_a_request_within_the_scope(office: World) -> None:
    references = risks(office, 6)
    ada = external(office)
    request = outside(office, sought="sample", of="risk", only="", how_many=2)
    assert commit(office, request, "mina").status == 403
    made = committed(office, request, ada, wanted=2)
    assert made["whole"] is False or made["whole"] is True
    assert set(drawn(draw(office, made["id"], "x", ada).json)) <= set(references)
    office.hire("bea", "external-auditor", scope="requests", ends=office.day(30))
    own = asked(office, None, "bea", occasion="Another body", sought="sample", of="risk", only="")
    assert commit(office, own, "bea").status == 403, "risks lie outside her scope"
    assert office.call("bea", "GET", f"audit-samples/{made['id']}").status == 403


def test_a_scope_that_leaves_records_out_is_said(office: World) -> None:
    from plumbline.identity import commands as people
    from plumbline.identity.actors import Actor

    unit = people.create_unit(Actor.installation(), name="Claims")
    risks(office, 3)
    inside = office.create("mina", "risk", title="Inside", description="It happens.", unit="claims")
    office.hire("eva", "external-auditor", unit=unit, scope="requests risk", ends=office.day(30))
    told = {"occasion": "Nordic", "sought": "sample", "of": "risk", "only": "", "unit": "claims"}
    request = asked(office, None, "eva", **told)
    made = committed(office, request, "eva", wanted=1)
    assert made["size"] == 1
    assert made["whole"] is False
    assert lines(office, made["id"], "eva").split(" ")[0] == inside
    assert "It holds what lies in the scope of whoever committed to it" in office.page(
        "mina", f"/records/{request}/samples/"
    )


def test_the_page_does_what_the_api_does(office: World) -> None:
    risks(office)
    audit = under_way(office)
    path = f"/records/{audit}/samples/"
    assert "Nothing was drawn yet." in office.page("tomas", path)
    refused = office.press("tomas", path, act="commit", of="risk", only="state=closed", wanted="2")
    assert refused.status == 422
    assert "leaves no record" in refused.text
    office.press("tomas", path, act="commit", of="risk", only="", wanted="2")
    signed()
    (made,) = office.get("tomas", f"audit-samples?about={audit}")
    office.press("tomas", path, act="draw", sample=made["id"], seed="dice 4 2 6")
    (made,) = office.get("tomas", f"audit-samples?about={audit}")
    item = drawn(made)[0]
    office.press(
        "tomas", path, act="mark", sample=made["id"], draw="1", reference=item, mark="conforms", note=""
    )
    (made,) = office.get("tomas", f"audit-samples?about={audit}")
    assert made["draws"][0]["items"][0]["mark"] == "conforms"
    assert office.press("tomas", path, act="explode", sample=made["id"]).status == 422
    assert made["id"] in office.press("tomas", f"{path}{made['id']}.txt", method="get").text or True
    risk = drawn(made)[0]
    assert office.press("tomas", f"/records/{risk}/samples/", method="get").status == 404


def test_samples_are_proved_by_the_trail(office: World) -> None:
    """What a table says otherwise than its entry is found."""
    from django.db import connection

    from plumbline.reports.audit_samples import proofs

    risks(office)
    made = committed(office, under_way(office))
    item = drawn(draw(office, made["id"], "x").json)[0]
    mark(office, made["id"], item, "differs", note="No level.")

    def differences() -> list[str]:
        return [
            difference.field
            for rows in (proofs.POPULATIONS, proofs.DRAWS, proofs.MARKS)
            for difference in rows.check_rows(0, 100)
        ]

    assert differences() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_samplemark SET mark = 'conforms'")
        cursor.execute("UPDATE reports_sampledraw SET seed = 'y'")
        cursor.execute("UPDATE reports_samplepopulation SET size = 4")
    assert sorted(differences()) == ["mark", "seed", "size"]
