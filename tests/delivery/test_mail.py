"""An invitation by mail: asked for, composed, handed to a real server, retried, given up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.delivery.conftest import Mailbox
from tests.identity.conftest import Company

from plumbline.cli import delivery as door
from plumbline.config import MailSecurity
from plumbline.delivery import channel, commands, queries
from plumbline.delivery.models import Delivery
from plumbline.delivery.stage import PAUSES, DeliveryStage
from plumbline.identity import commands as identity
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, NotAllowed, NotFound
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
Change = Callable[..., None]


@pytest.fixture
def boss(company: Company) -> Person:
    return company.person("boss", "aims-manager")


@pytest.fixture
def lee(company: Company) -> Person:
    return company.person("lee", password=None)


def _sent(mailbox: Mailbox) -> str:
    (message,) = mailbox.messages
    return str(message.get_payload(decode=True).decode())


def _drain() -> None:
    while DeliveryStage().advance():
        pass


def test_an_invitation_arrives_and_lets_the_person_in(
    boss: Person, lee: Person, mailbox: Mailbox, mail_settings: Change, entries: Callable[[], list[str]]
) -> None:
    asked = commands.send_invitation(actor_of_person(boss), lee)
    assert (asked.state, mailbox.messages) == ("waiting", [])
    _drain()
    (message,) = mailbox.messages
    assert (message["From"], message["To"]) == ("aims@halden.example", "lee@example.org")
    assert message["Subject"] == "Your account in the AI management system of Halden"
    text = _sent(mailbox)
    assert text.startswith("Hello Lee,")
    (path,) = re.findall(r"https://aims\.halden\.example(/sign-in/invitation/\S+)", text)
    assert Client().post(path, {"password": "a quiet ledger of claims"}).status_code == 302
    lee.refresh_from_db()
    assert lee.check_password("a quiet ledger of claims")
    (shown,) = queries.of_person(lee.pk)
    assert (shown.state, shown.attempts, shown.error) == ("sent", 1, "")
    assert entries()[-3:] == ["person.invited", "delivery.sent", "password.changed"]


def test_the_mail_is_in_the_language_of_the_settings(
    boss: Person, lee: Person, mailbox: Mailbox, mail_settings: Change
) -> None:
    mail_settings(mail_language="de")
    commands.send_invitation(actor_of_person(boss), lee)
    _drain()
    assert "Hallo Lee," in _sent(mailbox)
    assert "innerhalb von drei Tagen" in _sent(mailbox)


def test_nothing_secret_is_stored_and_every_attempt_carries_a_fresh_address(
    boss: Person, lee: Person, mailbox: Mailbox, mail_settings: Change
) -> None:
    commands.send_invitation(actor_of_person(boss), lee)
    stored = " ".join(str(value) for row in Delivery.objects.values() for value in row.values())
    assert "sign-in" not in stored
    assert "lee@example.org" not in stored
    with clock.frozen(clock.now() + timedelta(days=4)):  # longer than an invitation lives
        _drain()
        (path,) = re.findall(r"(/sign-in/invitation/\S+)", _sent(mailbox))
        assert Client().get(path).status_code == 200


def test_a_server_that_says_later_is_asked_again_after_growing_pauses(
    boss: Person, lee: Person, mailbox: Mailbox, mail_settings: Change
) -> None:
    mailbox.refusal = "450 mailbox busy"
    commands.send_invitation(actor_of_person(boss), lee)
    now = clock.now()
    for attempt, pause in enumerate(PAUSES, 1):
        with clock.frozen(now):
            assert not DeliveryStage().advance()
            assert not DeliveryStage().advance()  # not due again yet
        (waiting,) = queries.of_person(lee.pk)
        assert (waiting.state, waiting.attempts, mailbox.connections) == ("waiting", attempt, attempt)
        assert waiting.due_at - now == pause
        assert waiting.error == "The mail server refused it with code 450."
        now += pause
    assert list(PAUSES) == sorted(PAUSES)
    mailbox.refusal = ""
    with clock.frozen(now):
        _drain()
    assert queries.of_person(lee.pk)[0].state == "sent"


def test_after_the_last_pause_it_is_given_up_and_said_in_the_trail(
    boss: Person, lee: Person, mailbox: Mailbox, mail_settings: Change, entries: Callable[[], list[str]]
) -> None:
    mailbox.refusal = "450 mailbox busy"
    commands.send_invitation(actor_of_person(boss), lee)
    now = clock.now()
    for pause in (*PAUSES, timedelta()):
        with clock.frozen(now):
            DeliveryStage().advance()
        now += pause
    (failed,) = queries.of_person(lee.pk)
    assert (failed.state, failed.attempts) == ("failed", len(PAUSES) + 1)
    assert entries()[-1] == "delivery.failed"
    with clock.frozen(now + timedelta(days=30)):
        assert not DeliveryStage().advance()


def test_a_server_that_says_never_is_not_asked_again(
    boss: Person, lee: Person, company: Company, mailbox: Mailbox, mail_settings: Change
) -> None:
    noor = company.person("noor", password=None)
    mailbox.refusal = "550 no such mailbox"
    commands.send_invitation(actor_of_person(boss), lee)
    assert DeliveryStage().advance()  # and the next one is tried at once
    mailbox.refusal = ""
    commands.send_invitation(actor_of_person(boss), noor)
    _drain()
    assert [queries.of_person(person.pk)[0].state for person in (lee, noor)] == ["failed", "sent"]
    assert queries.of_person(lee.pk)[0].error == "The mail server refused it with code 550."


def test_without_the_encryption_that_was_asked_for_nothing_is_sent(
    boss: Person, lee: Person, mailbox: Mailbox, mail_settings: Change
) -> None:
    """This server offers no STARTTLS: the mail waits until it does, and never goes in clear."""
    mail_settings(mail_security=MailSecurity.STARTTLS)
    commands.send_invitation(actor_of_person(boss), lee)
    _drain()
    (waiting,) = queries.of_person(lee.pk)
    assert (waiting.state, mailbox.messages) == ("waiting", [])
    assert "SMTPNotSupportedError" in waiting.error


def test_a_server_that_is_away_holds_up_one_delivery_a_turn(
    boss: Person, lee: Person, company: Company, mail_settings: Change
) -> None:
    mail_settings(mail_port=1)
    for person in (lee, company.person("noor", password=None)):
        commands.send_invitation(actor_of_person(boss), person)
    assert not DeliveryStage().advance()
    assert sorted(row.attempts for row in queries.deliveries()) == [0, 1]


def test_whoever_may_not_invite_may_not_by_mail_either(
    boss: Person, lee: Person, company: Company, mail_settings: Change
) -> None:
    viewer = company.actor("vera", "viewer")
    size = log.size()
    with pytest.raises(NotAllowed):
        commands.send_invitation(viewer, lee)
    assert queries.deliveries() == []
    assert log.size() == size


def test_without_a_mail_server_the_refusal_names_the_settings(boss: Person, lee: Person) -> None:
    with pytest.raises(Conflict) as refused:
        commands.send_invitation(actor_of_person(boss), lee)
    assert "PLUMBLINE_MAIL_HOST" in str(refused.value.faults[0].remedy)
    assert queries.deliveries() == []


def test_an_account_out_of_use_gets_no_mail(
    boss: Person, lee: Person, mailbox: Mailbox, mail_settings: Change
) -> None:
    commands.send_invitation(actor_of_person(boss), lee)
    identity.deactivate_person(actor_of_person(boss), lee)
    _drain()
    assert (queries.of_person(lee.pk)[0].state, mailbox.messages) == ("failed", [])


def test_two_channels_of_one_name_are_refused() -> None:
    mail = channel.get("mail")
    channel.register(mail)  # the very same one again is no second one
    with pytest.raises(ValueError, match="two channels called mail"):
        channel.register(channel.Channel("mail", "Other", mail.is_configured, "", mail.send))
    assert channel.all_channels() == (mail,)


def test_the_page_offers_mail_only_with_a_server_and_shows_what_became_of_it(
    client: Client, boss: Person, lee: Person, mailbox: Mailbox, mail_settings: Change
) -> None:
    client.force_login(boss)
    address = f"/people/{lee.handle}/"
    assert "Send an invitation by mail" in client.get(address).content.decode()
    assert client.post(f"{address}invitation/mail/").status_code == 302
    assert "Waiting to be sent" in client.get(address).content.decode()
    _drain()
    shown = client.get(address).content.decode()
    assert "<td>Sent</td>" in shown
    mail_settings(mail_host="")
    assert "Send an invitation by mail" not in client.get(address).content.decode()


def test_no_door_mails_an_invitation_to_whom_the_sender_may_not_invite(
    client: Client, boss: Person, lee: Person, company: Company, mail_settings: Change,
    entries: Callable[[], list[str]],
) -> None:  # fmt: skip
    """On the page: without the role, for oneself, beyond one's unit, for an account out of use."""
    claims = identity.create_unit(Actor.installation(), name="Claims")
    viewer = company.person("viewer", "viewer")
    manager = company.person("manager", "aims-manager", unit=claims)
    away = company.person("away", password=None)
    identity.deactivate_person(Actor.installation(), away)
    before = entries()
    for sender, to, status in (
        (viewer, lee, 403), (boss, boss, 403), (boss, away, 409),
        (manager, boss, 403), (manager, viewer, 403),
    ):  # fmt: skip
        client.force_login(sender)
        assert client.post(f"/people/{to.handle}/invitation/mail/").status_code == status, (sender, to)
    client.logout()
    assert client.post(f"/people/{lee.handle}/invitation/mail/").status_code == 302
    assert not Delivery.objects.exists()
    assert entries() == before


def test_the_command_line_invites_by_mail_and_lists_what_became_of_it(
    lee: Person, mailbox: Mailbox, mail_settings: Change, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(door, "opened", lambda data: None)
    with pytest.raises(NotFound):
        door.invite("nobody@example.org")
    door.invite("lee@example.org", json=True)
    made = json.loads(capsys.readouterr().out)
    assert made["state"] == "waiting"
    _drain()
    assert "/sign-in/invitation/" in _sent(mailbox)
    door.list_deliveries(json=True)
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["id"], row["state"], row["attempts"]) == (made["id"], "sent", 1)
    mail_settings(mail_host="")
    with pytest.raises(Conflict, match="Mail is not set up"):
        door.invite("lee@example.org")
