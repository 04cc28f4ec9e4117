"""Pages name records by their titles and write days as people do; what may not be seen is not named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tests.web import reading

from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Ref, Subject, listing, say
from plumbline.web import messages, references
from plumbline.web.dates import period, window
from plumbline.web.messages import VisibleNames
from plumbline.wording import render

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def knowing(**titles: str) -> VisibleNames:
    """The names of a reader who may see these records and no other one."""
    names = VisibleNames(Actor("", None, "", scopes=frozenset()))
    names.tell({reference.replace("_", "-"): title for reference, title in titles.items()})
    return names


LATE = say(
    "test.late",
    "{record} & {system} were seen on {day} <b>",
    record=Ref("SYS-0002"),
    system=Subject("bot"),
    day=date(2026, 6, 13),
)


def test_a_message_links_what_it_names_writes_days_and_escapes_the_rest() -> None:
    names = knowing(SYS_0002="Chat <Assist>")
    assert messages.to_html(LATE, names) == (
        '<a class="lnk" href="/records/SYS-0002/">Chat &lt;Assist&gt;</a> <span class="ref">SYS-0002</span>'
        " &amp; bot were seen on 13 Jun 2026 &lt;b&gt;"
    )
    assert messages.to_text(LATE, names) == "Chat <Assist> (SYS-0002) & bot were seen on 13 Jun 2026 <b>"


def test_a_record_out_of_sight_has_no_title_and_no_link() -> None:
    assert messages.to_html(LATE, knowing()) == "SYS-0002 &amp; bot were seen on 13 Jun 2026 &lt;b&gt;"


def test_a_message_reads_in_the_language_of_the_reader() -> None:
    with translation.override("de"):
        assert "13. Juni 2026" in messages.to_html(LATE, knowing())


def test_names_inside_listings_and_inner_messages_are_links_too() -> None:
    items = listing({Ref("SYS-0002"): say("test.why", "waits for {record}", record=Ref("RSK-0001"))})
    html = messages.to_html(
        say("test.several", "Open: {items}", items=items), knowing(SYS_0002="Chat", RSK_0001="Drift")
    )
    assert html == (
        'Open: <a class="lnk" href="/records/SYS-0002/">Chat</a> <span class="ref">SYS-0002</span>'
        ' waits for <a class="lnk" href="/records/RSK-0001/">Drift</a> <span class="ref">RSK-0001</span>'
    )


def test_the_names_of_a_whole_page_take_one_query(house: House, django_assert_num_queries: Any) -> None:
    names = VisibleNames(house.actor("aims-manager"))
    texts = [say("test.one", "{record}", record=Ref(reference)) for reference in house.references.values()]
    with django_assert_num_queries(1):
        names.learn(texts)
        for text in texts:
            messages.to_html(text, names)


def test_what_is_outside_of_the_units_of_the_reader_stays_a_reference(house: House) -> None:
    reference = house.references["risk"]
    text = say("test.one", "{record}", record=Ref(reference))
    assert messages.to_html(text, VisibleNames(house.actor("external-auditor"))) == reference
    assert "Photos differ" in messages.to_html(text, VisibleNames(house.actor("aims-manager")))


def test_a_typed_text_links_what_it_names_and_escapes_the_rest() -> None:
    names = knowing(SYS_0002="Chat <Assist>")
    assert references.linkify_html("SYS-0002 & SYS-0009 <b>", names) == (
        '<a class="lnk" href="/records/SYS-0002/">Chat &lt;Assist&gt;</a> <span class="ref">SYS-0002</span>'
        " &amp; SYS-0009 &lt;b&gt;"
    )
    assert references.linkify_markdown("See SYS-0002", knowing(SYS_0002="A *b* [c]")) == (
        r"See [A \*b\* \[c\]](/records/SYS-0002/) (SYS-0002)"
    )
    assert references.linkify_markdown("`SYS-0002` of 2026-06-13", names) == "`SYS-0002` of 2026-06-13"


def test_what_a_person_wrote_stays_as_it_was_written() -> None:
    names = knowing(SYS_0002="Chat Assist")
    text = "We run gpt-4o, version 2024-08-06: <https://x.example/?id=SYS-0002>"
    assert references.linkify_markdown(text, names) == text


def test_a_version_that_looks_like_a_day_stays_a_version(house: House, mina: Client) -> None:
    from plumbline.records import commands

    values = {"title": "The model", "type": "model", "systems": [house.references["system"]]}
    reference = house.make("component", **values, version="2024-05-13")
    commands.amend(house.actor("aims-manager"), reference, {"version": "2024-08-06"}, revision=1)
    for name in ("record", "record-history"):
        text = " ".join(reading.read(mina.get(reverse(name, args=[reference])).content).text.split())
        assert "2024-08-06" in text, name
        assert "6 Aug 2024" not in text, name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11", "Nov 2026"),
        ("2026-W47", "Week of 16 Nov 2026"),  # ISO 8601: its Monday
        ("2026-11-20", "20 Nov 2026"),
        ("2026-W99", "2026-W99"),
        ("the whole autumn", "the whole autumn"),
    ],
)
def test_the_period_of_a_result_in_words(text: str, shown: str) -> None:
    assert period(text) == shown


def test_windows_of_results_say_how_long_they_are() -> None:
    monday = datetime(2026, 11, 16, tzinfo=UTC)
    assert window(monday, monday + timedelta(days=7)) == "Week of 16 Nov 2026"
    assert window(monday, monday + timedelta(days=1)) == "16 Nov 2026"
    assert window(monday, monday + timedelta(hours=1)) == "16 Nov 2026, 00:00 UTC"
    assert window(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)) == "Feb 2026"


def test_long_enumerations_end_early_in_a_list() -> None:
    none = say("test.none", "has no approved technical documentation")
    systems = listing({Ref(f"SYS-{number:04}"): none for number in range(9)})
    reason = say("test.long", "0 of 9 have it. {systems}", systems=systems)
    short = render(reason, shown=3)
    assert len(short) < 190
    assert short.endswith("; and 6 more")


def test_a_list_shows_the_title_of_what_a_record_points_at(house: House, mina: Client) -> None:
    text = " ".join(reading.read(mina.get("/records/risks/").content).text.split())
    assert f"Claims Triage {house.references['system']}" in text
    filtered = mina.get("/records/risks/", {"system": house.references["system"]})
    page = " ".join(reading.read(filtered.content).text.split())
    assert f"AI system Claims Triage, {house.references['system']}" in page, "the chip names it"


def _of_one_unit(house: House) -> Client:
    """Somebody who may write in one unit and owns a risk of another one, about a system there."""
    from plumbline.identity import commands

    inside, outside = (commands.create_unit(house.operator, name=name) for name in ("Inside", "Outside"))
    person = commands.create_person(house.operator, email="one@halden.example", full_name="One")
    commands.give_grant(house.operator, person, "contributor", unit=inside)
    hidden = house.make("ai-system", title="Hidden title", slug="hidden", unit=outside.slug)
    house.references["hidden"] = hidden
    house.references["told"] = house.make(
        "risk", title="A risk of one unit", description="It may happen.", system=hidden, owner=person.handle
    )
    client = Client()
    client.force_login(person)
    return client


def test_a_title_that_may_not_be_seen_is_not_said(house: House) -> None:
    client = _of_one_unit(house)
    for address in (
        "/records/risks/",
        reverse("record", args=[house.references["told"]]),
        reverse("record-history", args=[house.references["told"]]),
        reverse("record-new", args=["risks"]),
        "/controls/",
        "/trail/",
        "/",
    ):
        answer = client.get(address)
        assert "Hidden title" not in answer.content.decode(), address
    shown = client.get("/records/risks/").content.decode()
    assert "A risk of one unit" in shown
    assert house.references["hidden"] in shown


def test_choices_of_a_form_begin_with_the_title(house: House, mina: Client) -> None:
    reference = house.references["system"]
    offered = mina.get(reverse("record-options", args=["risks", "system"]), {"q": "cla"}).json()
    assert {"value": reference, "label": f"Claims Triage, {reference}"} in offered["options"]
    address = reverse("record-new", args=["risks"])
    page = mina.get(address, {"system": reference}).content.decode()
    assert f'value="Claims Triage, {reference}"' in page
    page = mina.get(reverse("record-new", args=["corrective-actions"])).content.decode()
    assert '<option value="error-rate">Error rate within its limit</option>' in page


def test_reasons_and_results_name_records_by_title(house: House, mina: Client) -> None:
    from tests import sealed

    from plumbline.controls.models import Reading, Result

    reference, day = house.references["system"], date(2026, 6, 13)
    row = Result.objects.get(pk=house.result)
    row.pk = None
    row.reason = say("test.assessed", "{system} was assessed on {day}.", system=Ref(reference), day=day)
    sealed.seal([row])
    number = Result.objects.latest("pk").pk
    Reading.objects.update(result=number)
    for address in (f"/results/{number}/", "/checks/error-rate/claims-triage/", "/controls/A.6.2.6/"):
        text = " ".join(reading.read(mina.get(address).content).text.split())
        assert "was assessed on 13 Jun 2026" in text, address
        assert f"Claims Triage {reference} was" in text or f"Claims Triage ({reference}) was" in text, address


def test_the_trail_says_what_an_entry_is_about(house: House, mina: Client) -> None:
    text = " ".join(reading.read(mina.get("/trail/", {"type": "record.created"}).content).text.split())
    assert f"Photos differ {house.references['risk']}" in text


def test_a_limit_in_another_unit_than_the_result_is_not_shown(house: House) -> None:
    """A check that found nothing to count is not held against a limit of days."""
    from plumbline.web.requirements import figures

    class Empty:
        check_name, value, unit, limit_value = "impact-assessed", None, "ratio", 365.0

    assert figures.bounds(Empty()) is None


def test_what_was_carried_out_is_not_overdue(house: House, mina: Client) -> None:
    from plumbline.kernel import clock
    from plumbline.records import commands

    today = clock.now().date()
    values: dict[str, Any] = {
        "title": "Fix the form",
        "nonconformity": house.references["nonconformity"],
        "cause": "The form",
        "action": "Change it",
        "due": str(today - timedelta(days=2)),
        "effectiveness_measure": "A second person looks.",
    }
    made = house.make("corrective-action", **values)
    assert f"Fix the form {made} is 2 days overdue" in " ".join(
        reading.read(mina.get("/").content).text.split()
    )
    second, third = house.actor("top-management"), house.actor("aims-manager")
    moved = commands.move(third, made, "submit", revision=1)
    moved = commands.move(second, made, "approve", revision=moved.revision)
    commands.move(third, made, "carry-out", revision=moved.revision, reason="Released.")
    for address in ("/", reverse("my-work")):
        assert "Fix the form" not in reading.read(mina.get(address).content).text, address


def test_my_work_leaves_out_what_is_approved(house: House) -> None:
    from plumbline.records import commands

    manager = house.actor("aims-manager")
    made = house.make("document", title="Own runbook", type="process", owner=manager.id)
    client = house.client("aims-manager")
    assert "Own runbook" in client.get(reverse("my-work")).content.decode()
    moved = commands.move(manager, made, "submit", revision=1)
    commands.move(house.actor("top-management"), made, "approve", revision=moved.revision)
    assert "Own runbook" not in client.get(reverse("my-work")).content.decode()


def test_a_month_reads_as_a_month() -> None:
    from plumbline.records import kinds
    from plumbline.web import cells

    kind = kinds.get("nonconformity")
    assert cells.field_cell(kind, "window", "2026-11").text == "Nov 2026"
    assert cells.field_cell(kind, "title", "2026-11").text == "2026-11"
    assert cells.field_cell(kind, "due", "2026-11-20").shape == "date"


def test_a_link_to_a_record_out_of_sight_is_left_out(house: House) -> None:
    from plumbline.records import commands

    client = _of_one_unit(house)
    risk, hidden = house.references["told"], house.references["hidden"]
    commands.link(house.actor("aims-manager"), risk, "caused by", hidden)
    page = reading.read(client.get(reverse("record", args=[risk])).content)
    assert "caused by" not in page.prose
    assert "Hidden title" not in page.prose
    manager = house.client("aims-manager").get(reverse("record", args=[risk]))
    assert "caused by" in reading.read(manager.content).prose
