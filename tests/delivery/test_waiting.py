"""What newly waits for somebody: noticed once, shown, mailed in their hours, and never to the wrong eyes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from tests.delivery.conftest import Mailbox
from tests.identity.conftest import Company

from plumbline.controls.tasks.task import Task, TaskAct, TaskKind
from plumbline.delivery import queries as deliveries
from plumbline.delivery.erasure import commands as erasure
from plumbline.delivery.models import Delivery, Notice
from plumbline.delivery.stage import PAUSES, DeliveryStage
from plumbline.delivery.waiting import commands, letters, queries, stage
from plumbline.delivery.waiting.schedule import Hours
from plumbline.delivery.waiting.stage import REST, NoticeStage
from plumbline.identity import commands as identity
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Invalid, NotAllowed, NotFound
from plumbline.records import commands as records
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
Change = Callable[..., None]


@dataclass
class Waits:
    """What waits for whom, in place of the derivation, whose own tests say what that is."""

    tasks: dict[str, list[Task]] = field(default_factory=dict)

    def __call__(self, actor: Actor) -> tuple[Task, ...]:
        return tuple(self.tasks.get(actor.id, ()))


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    answer = Waits()
    monkeypatch.setattr(stage, "tasks_of", answer)
    monkeypatch.setattr(letters, "tasks_of", answer)
    cache.clear()
    return answer


@pytest.fixture
def boss(company: Company) -> Person:
    return company.person("boss", "aims-manager")


@pytest.fixture
def risk(boss: Person) -> str:
    values = {"title": "Late claims", "description": "Claims change."}
    return records.create(actor_of_person(boss), "risk", values).reference


def task(reference: str, *, entry: int = 7, named: str = "") -> Task:
    reason = say("test.reason", "Decide {risk}.", risk=Ref(named or reference))
    return Task(TaskKind.ESCALATED, reference, "Late claims", reason, date(2026, 12, 1), entry)


_round = iter(range(1, 1_000))


def grow() -> None:
    """Let the trail grow, which begins a round."""
    with transaction.atomic():
        log.append("test.grown", actor="stage:test", facts={"number": next(_round)})


def look(after: timedelta = timedelta()) -> None:
    """One round over everybody, begun because the trail has grown, and all mail that is due then."""
    with clock.frozen(clock.now() + after):
        grow()
        while NoticeStage().advance():
            pass


def send(after: timedelta = timedelta()) -> None:
    with clock.frozen(clock.now() + after):
        while DeliveryStage().advance():
            pass


def text_of(mailbox: Mailbox, place: int = -1) -> str:
    return str(mailbox.messages[place].get_payload(decode=True).decode()).replace("\r\n", "\n")


def test_a_task_is_noticed_once_and_anew_when_it_comes_back(waits: Waits, boss: Person, risk: str) -> None:
    waits.tasks[boss.handle] = [task(risk)]
    look()
    look(2 * REST)
    assert Notice.objects.filter(person=boss).count() == 1
    waits.tasks[boss.handle] = []
    look(4 * REST)
    assert Notice.objects.get().ended_at is not None
    waits.tasks[boss.handle] = [task(risk)]
    look(6 * REST)
    assert [row.ended_at is None for row in Notice.objects.order_by("id")] == [False, True]


def test_nothing_is_derived_while_nothing_changes_and_not_twice_a_minute(
    waits: Waits, boss: Person, risk: str
) -> None:
    look()
    waits.tasks[boss.handle] = [task(risk)]
    assert not NoticeStage().advance(), "the trail has not grown"
    look(REST / 2)
    assert not Notice.objects.exists(), "the last round began less than a minute ago"
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert NoticeStage().advance(), "another day may have made something due"


def test_a_long_round_is_followed_by_a_long_rest(waits: Waits, boss: Person, company: Company) -> None:
    company.person("noor", "aims-manager")
    start = clock.now()
    grow()
    with clock.frozen(start):
        assert NoticeStage().advance()
    with clock.frozen(start + timedelta(minutes=2)):
        while NoticeStage().advance():
            pass
        grow()
    # Two minutes are a twentieth of forty.
    for minutes, begins in ((39, False), (40, True)):
        with clock.frozen(start + timedelta(minutes=minutes)):
            assert NoticeStage().advance() is begins


def test_nobody_is_told_of_the_draft_that_they_have_begun(waits: Waits, boss: Person, risk: str) -> None:
    waits.tasks[boss.handle] = [Task(TaskKind.DRAFT, risk, "Late claims", say("test.reason", "Go on."))]
    look()
    assert not Notice.objects.exists()


def test_own_work_that_goes_on_by_its_owners_acts_is_no_news(waits: Waits, boss: Person, risk: str) -> None:
    def due(step: str, day: date) -> Task:
        reason = say("test.reason", "Go on.")
        return Task(TaskKind.WORK_DUE, risk, "Late claims", reason, day, None, TaskAct(step, step))

    for minutes, task_now in enumerate(
        (
            due("contain", date(2026, 12, 1)),
            due("correct", date(2026, 12, 1)),
            due("correct", date(2026, 12, 9)),
        )
    ):
        waits.tasks[boss.handle] = [task_now]
        look(2 * minutes * REST)
    assert [row.due for row in Notice.objects.order_by("id")] == [date(2026, 12, 1), date(2026, 12, 9)]


def test_a_round_that_was_broken_off_goes_on_with_the_next_person(
    waits: Waits, boss: Person, company: Company, risk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed between two people has committed the first with its place in the round."""
    noor = company.person("noor", "aims-manager")
    waits.tasks = {boss.handle: [task(risk)], noor.handle: [task(risk)]}
    grow()
    assert NoticeStage().advance()
    assert Notice.objects.filter(person=boss).count() == 1
    original, broken = commands.plan_mail, [True]

    def break_off(*args: Any) -> None:
        if broken.pop() if broken else False:
            raise KeyboardInterrupt
        original(*args)

    monkeypatch.setattr(commands, "plan_mail", break_off)
    with pytest.raises(KeyboardInterrupt):
        NoticeStage().advance()
    assert not Notice.objects.filter(person=noor).exists(), "notice and mail are one transaction"
    while NoticeStage().advance():
        pass
    assert {row.person_id for row in Notice.objects.all()} == {boss.pk, noor.pk}
    assert Notice.objects.count() == 2


def test_notices_end_with_the_role_or_the_account(
    waits: Waits, boss: Person, company: Company, risk: str
) -> None:
    noor = company.person("noor", "aims-manager")
    waits.tasks[noor.handle] = [task(risk)]
    look()
    assert queries.count_unread(noor.pk) == 1
    identity.deactivate_person(actor_of_person(boss), noor)
    look(2 * REST)
    assert queries.count_unread(noor.pk) == 0


def test_what_somebody_may_no_longer_see_has_no_name_in_their_notices(
    waits: Waits, boss: Person, company: Company
) -> None:
    claims, sales = (identity.create_unit(Actor.installation(), name=name) for name in ("Claims", "Sales"))
    hidden = records.create(
        actor_of_person(boss), "document", {"title": "Secret", "type": "method", "unit": claims.slug}
    ).reference
    noor = company.person("noor", "viewer", unit=sales)
    waits.tasks[noor.handle] = [task(hidden)]
    look()
    (seen,) = queries.notices(actor_of_person(noor))
    assert (seen.subject, seen.title, seen.path, seen.due) == ("", "", "", None)
    client = Client()
    client.force_login(noor)
    shown = client.get("/notices/").content.decode()
    assert "Something that you may not see any more" in shown
    assert hidden not in shown
    assert "Secret" not in shown


def test_the_page_shows_marks_and_the_mark_in_the_frame_follows(
    waits: Waits, boss: Person, company: Company, risk: str
) -> None:
    waits.tasks[boss.handle] = [task(risk)]
    look()
    client = Client()
    client.force_login(boss)
    assert "Notices, 1 unread" in client.get("/").content.decode()
    shown = client.get("/notices/").content.decode()
    assert "Late claims" in shown
    assert f"/records/{risk}/" in shown
    handle = Notice.objects.get().handle
    assert client.post(f"/notices/{handle}/read/").status_code == 302
    shown = client.get("/notices/").content.decode()
    assert "Notices, 0 unread" in shown
    assert "Mark as read" not in shown
    assert "No notices." in client.get("/notices/?unread=1").content.decode()
    other = Client()
    other.force_login(company.person("noor", "viewer"))
    assert other.post(f"/notices/{handle}/read/").status_code == 404


def test_reading_is_for_oneself_and_never_for_a_token_that_only_reads(
    waits: Waits, boss: Person, company: Company, risk: str
) -> None:
    waits.tasks[boss.handle] = [task(risk)]
    look()
    handle = Notice.objects.get().handle
    actor = actor_of_person(boss)
    reading = Actor("tok_1", boss.pk, "Boss (test)", actor.grants, frozenset({"read"}))
    for who, refusal in ((reading, NotAllowed), (Actor.installation(), NotAllowed)):
        with pytest.raises(refusal):
            commands.mark_all_read(who)
    with pytest.raises(NotFound):
        commands.mark_read(company.actor("noor", "viewer"), handle)
    assert commands.mark_all_read(actor) == 1
    assert commands.mark_all_read(actor) == 0


# Mail


def test_whoever_wants_it_at_once_is_mailed_once_what_and_where(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change
) -> None:
    choose(boss, "at-once")
    waits.tasks[boss.handle] = [task(risk)]
    look()
    send()
    (message,) = mailbox.messages
    assert message["Subject"] == "One thing newly waits for you (Halden)"
    assert "Late claims" not in str(message["Subject"])
    text = text_of(mailbox)
    assert f"- Late claims ({risk}), by 1 Dec 2026" in text
    assert f"https://aims.halden.example/records/{risk}/" in text
    assert "Nothing else waits for you." in text
    look(2 * REST)
    send(2 * REST)
    assert len(mailbox.messages) == 1
    assert Delivery.objects.get().state == "sent"


def test_two_mails_at_once_lie_ten_minutes_apart(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change
) -> None:
    choose(boss, "at-once")
    waits.tasks[boss.handle] = [task(risk)]
    look()
    send()
    waits.tasks[boss.handle] = [task(risk), task(risk, entry=8)]
    look(2 * REST)
    send(9 * REST)
    assert len(mailbox.messages) == 1
    send(10 * REST)
    assert len(mailbox.messages) == 2
    assert "One more thing waits for you besides." in text_of(mailbox)


def test_the_daily_mail_comes_at_its_hour_in_the_zone_of_the_person(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change
) -> None:
    """It is 13:00 UTC, 22:00 in Tokyo: eight o'clock there is 23:00 UTC."""
    identity.update_profile(boss, full_name="Boss", theme="system", time_zone="Asia/Tokyo")
    waits.tasks[boss.handle] = [task(risk)]
    look()
    assert Delivery.objects.get().due_at == datetime(2026, 11, 20, 23, tzinfo=UTC)
    send(timedelta(hours=9, minutes=59))
    assert mailbox.messages == []
    send(timedelta(hours=10))
    assert len(mailbox.messages) == 1


def test_a_daily_mail_names_only_what_still_waits_when_it_is_sent(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change
) -> None:
    waits.tasks[boss.handle] = [task(risk), task(risk, entry=8)]
    look()
    waits.tasks[boss.handle] = [task(risk, entry=8)]
    send(timedelta(days=1))
    assert text_of(mailbox).count(f"({risk})") == 1
    waits.tasks[boss.handle].append(task(risk, entry=9))
    look(timedelta(days=1))
    waits.tasks[boss.handle] = []
    send(timedelta(days=2))
    assert len(mailbox.messages) == 1, "nothing was left to say"
    assert not Delivery.objects.filter(state="waiting").exists()


def test_nothing_is_sent_in_quiet_hours_and_it_is_sent_when_they_end(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change
) -> None:
    choose(boss, "at-once", quiet_from=12, quiet_until=15)
    waits.tasks[boss.handle] = [task(risk)]
    look()
    send(timedelta(minutes=119))
    assert mailbox.messages == []
    send(timedelta(minutes=120))
    assert len(mailbox.messages) == 1


def test_hours_that_were_chosen_later_hold_for_what_was_planned_and_for_what_is_tried_again(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change
) -> None:
    waits.tasks[boss.handle] = [task(risk)]
    look()
    choose(boss, "at-once")
    mailbox.refusal = "450 mailbox busy"
    send()
    choose(boss, "at-once", quiet_from=13, quiet_until=15)
    mailbox.refusal = ""
    send(PAUSES[0])
    assert mailbox.messages == []
    assert Delivery.objects.get().attempts == 1, "putting it off is no attempt"
    send(timedelta(hours=2))
    assert len(mailbox.messages) == 1


def test_off_means_off_also_for_what_was_planned(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change
) -> None:
    waits.tasks[boss.handle] = [task(risk)]
    look()
    choose(boss, "off")
    look(2 * REST)
    send(timedelta(days=2))
    assert (mailbox.messages, Delivery.objects.count()) == ([], 0)


def test_without_a_mail_server_notices_are_in_the_product_and_mail_begins_with_one(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change
) -> None:
    mail_settings(mail_host="")
    waits.tasks[boss.handle] = [task(risk)]
    look()
    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 0)
    mail_settings(mail_host="127.0.0.1")
    look(2 * REST)
    assert Delivery.objects.count() == 1


def test_a_server_that_refuses_for_good_is_not_tried_with_the_same_things_again(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change
) -> None:
    choose(boss, "at-once")
    mailbox.refusal = "550 no such mailbox"
    waits.tasks[boss.handle] = [task(risk)]
    look()
    send()
    look(2 * REST)
    assert [row.state for row in Delivery.objects.all()] == ["failed"]
    waits.tasks[boss.handle].append(task(risk, entry=8))
    look(4 * REST)
    assert sorted(row.state for row in Delivery.objects.all()) == ["failed", "waiting"]


def test_a_mail_that_left_before_the_process_was_killed_comes_at_most_once_more(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    choose(boss, "at-once")
    waits.tasks[boss.handle] = [task(risk)]
    look()

    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(DeliveryStage, "_record_sent", killed)
        with pytest.raises(KeyboardInterrupt):
            DeliveryStage().advance()
    assert len(mailbox.messages) == 1
    look(2 * REST)
    assert Delivery.objects.count() == 1, "the planned mail is still the planned mail"
    send(PAUSES[0])
    send(timedelta(days=1))
    assert len(mailbox.messages) == 2


def test_a_mail_says_nothing_of_what_its_reader_may_not_see(
    waits: Waits, boss: Person, company: Company, risk: str, mailbox: Mailbox, mail_settings: Change
) -> None:
    claims, sales = (identity.create_unit(Actor.installation(), name=name) for name in ("Claims", "Sales"))

    def make(title: str, unit: str) -> str:
        values = {"title": title, "type": "method", "unit": unit}
        return records.create(actor_of_person(boss), "document", values).reference

    hidden, seen = make("Secret", claims.slug), make("Open", sales.slug)
    noor = company.person("noor", "viewer", unit=sales)
    choose(noor, "at-once")
    waits.tasks[noor.handle] = [task(hidden), task(seen, named=hidden)]
    look()
    send()
    text = text_of(mailbox)
    assert f"- Open ({seen})" in text
    assert hidden not in text
    assert "Secret" not in text


def test_of_a_sensitive_record_a_mail_has_the_reference_alone(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    choose(boss, "at-once")
    monkeypatch.setattr(queries, "is_sensitive", lambda reference: reference == risk)
    waits.tasks[boss.handle] = [task(risk)]
    look()
    send()
    text = text_of(mailbox)
    assert f"- {risk}\n  https://aims.halden.example/records/{risk}/" in text
    assert "Late claims" not in text
    assert "Decide" not in text


def test_a_mail_is_in_the_language_of_the_person(
    waits: Waits, boss: Person, risk: str, mailbox: Mailbox, mail_settings: Change
) -> None:
    identity.update_profile(boss, full_name="Boss", theme="system", language="de")
    choose(boss, "at-once")
    waits.tasks[boss.handle] = [task(risk)]
    look()
    send()
    assert "1. Dez. 2026" in text_of(mailbox)


def test_erasing_somebody_takes_their_notices_and_what_they_chose(
    waits: Waits, boss: Person, risk: str, mail_settings: Change
) -> None:
    choose(boss, "at-once")
    waits.tasks[boss.handle] = [task(risk)]
    look()
    erasure.erase_rows([boss.handle])
    assert not Notice.objects.exists()
    assert queries.preference(boss.pk).pk is None
    assert deliveries.of_person(boss.pk) == []


def choose(person: Person, mail: str, **quiet: int) -> None:
    hours = {"quiet_from": None, "quiet_until": None, **quiet}
    commands.choose(actor_of_person(person), mail=mail, digest_hour=8, **hours)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail": "hourly"},
        {"digest_hour": 24},
        {"quiet_from": -1, "quiet_until": 3},
        {"quiet_from": 20},
        {"quiet_until": 7},
    ],
)
def test_a_choice_that_means_nothing_is_refused(boss: Person, wrong: dict[str, Any]) -> None:
    choice = {"mail": "digest", "digest_hour": 8, "quiet_from": None, "quiet_until": None, **wrong}
    with pytest.raises(Invalid):
        commands.choose(actor_of_person(boss), **choice)
    assert queries.preference(boss.pk).pk is None


def test_the_account_page_saves_zone_language_and_hours(client: Client, boss: Person) -> None:
    client.force_login(boss)
    profile = {"full_name": "Boss", "theme": "system", "language": "de", "time_zone": "Europe/Berlin"}
    assert client.post("/account/profile/", profile).status_code == 302
    boss.refresh_from_db()
    assert (boss.language, boss.time_zone) == ("de", "Europe/Berlin")
    assert client.post("/account/profile/", {**profile, "time_zone": "Mars/Olympus"}).status_code == 422
    hours = {"mail": "at-once", "digest_hour": "7", "quiet_from": "20", "quiet_until": "7"}
    assert client.post("/account/notices/", hours).status_code == 302
    chosen = queries.preference(boss.pk)
    assert (chosen.mail, chosen.digest_hour, chosen.quiet_from, chosen.quiet_until) == ("at-once", 7, 20, 7)
    assert client.post("/account/notices/", {**hours, "quiet_until": ""}).status_code == 422


class TestHours:
    """Checked by hand against the rules of the zones: Berlin is UTC+1 in winter and UTC+2 in summer."""

    def test_over_midnight(self) -> None:
        hours = Hours("Europe/Berlin", None, 20, 7)
        evening = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
        assert hours.send_at(evening) == datetime(2026, 11, 21, 6, tzinfo=UTC)
        assert hours.send_at(datetime(2026, 11, 20, 5, 59, tzinfo=UTC)) == datetime(
            2026, 11, 20, 6, tzinfo=UTC
        )
        noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
        assert hours.send_at(noon) == noon

    def test_a_digest_in_quiet_hours_waits_for_their_end(self) -> None:
        hours = Hours("Europe/Berlin", 6, 20, 7)
        assert hours.send_at(datetime(2026, 11, 20, 12, tzinfo=UTC)) == datetime(2026, 11, 21, 6, tzinfo=UTC)

    def test_an_hour_that_the_clocks_skip_is_late_and_not_lost(self) -> None:
        """On 29 March 2026 Berlin has no 02:00: the clocks go from 01:59 to 03:00, which is 01:00 UTC."""
        hours = Hours("Europe/Berlin", 2)
        assert hours.send_at(datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 1, tzinfo=UTC)

    def test_quiet_hours_that_begin_when_they_end_are_none(self) -> None:
        now = datetime(2026, 11, 20, 12, tzinfo=UTC)
        assert Hours("", None, 12, 12).send_at(now) == now
