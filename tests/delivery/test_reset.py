"""A new password by mail: asked for by anybody, sent to its owner alone, used once within an hour."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.delivery.conftest import Mailbox
from tests.identity.conftest import PASSWORD, Company

from plumbline.delivery import queries
from plumbline.delivery.models import Delivery
from plumbline.delivery.notices import RESET_LAPSES
from plumbline.delivery.proofs import DELIVERY, _check
from plumbline.delivery.stage import DeliveryStage
from plumbline.identity import commands as identity
from plumbline.identity import second_factor
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.allauth_private import TOTP
from plumbline.identity.models import Person
from plumbline.identity.sign_in import RESETS
from plumbline.kernel import clock
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
Change = Callable[..., None]
NEW = "another quiet ledger of claims"
FORGOTTEN = "/sign-in/forgotten/"


@pytest.fixture
def lee(company: Company) -> Person:
    return company.person("lee", "viewer")


def ask(email: str = "lee@example.org") -> Any:
    return Client().post(FORGOTTEN, {"email": email})


def send() -> None:
    while DeliveryStage().advance():
        pass


def path_in(mailbox: Mailbox) -> str:
    text = mailbox.messages[-1].get_payload(decode=True).decode()
    (path,) = re.findall(r"https://aims\.halden\.example(/sign-in/reset/\S+)", text)
    return str(path)


def test_a_person_sets_a_new_password_once(
    lee: Person, mailbox: Mailbox, mail_settings: Change, entries: Callable[[], list[str]]
) -> None:
    assert "Forgotten your password?" in Client().get("/sign-in/").content.decode()
    browser = Client()
    browser.force_login(lee)
    assert ask().status_code == 200
    send()
    assert mailbox.messages[0]["To"] == "lee@example.org"
    path = path_in(mailbox)
    assert Client().get(path).status_code == 200, "looking at it uses nothing up"
    assert Client().post(path, {"password": "short"}).status_code == 422
    assert Client().post(path, {"password": NEW}).status_code == 302
    lee.refresh_from_db()
    assert lee.check_password(NEW)
    assert browser.get("/").status_code == 302, "other sessions have ended"
    assert Client().post(path, {"password": "a third quiet ledger"}).status_code == 401
    assert Client().get(path).status_code == 401
    assert entries()[-3:] == ["password.reset-asked", "delivery.sent", "password.changed"]


def test_the_answer_is_the_same_whoever_has_an_account(
    lee: Person, company: Company, mailbox: Mailbox, mail_settings: Change
) -> None:
    company.person("nopass", "viewer", password=None)
    gone = company.person("gone", "viewer")
    identity.deactivate_person(Actor.installation(), gone)
    answers = {}
    for name in ("lee", "nobody", "nopass", "gone"):
        before = log.size()
        answer = ask(f"{name}@example.org")
        answers[name] = (answer.status_code, re.sub(r'value="[^"]*"', "", answer.content.decode()))
        assert log.size() == before + 1, "each leaves one entry"
    assert len(set(answers.values())) == 1
    send()
    assert [message["To"] for message in mailbox.messages] == ["lee@example.org"]
    asked = [leaf for leaf in log.leaves(0, log.size()) if leaf.entry_type == "password.reset-asked"]
    assert [leaf.subject_ref for leaf in asked] == [lee.handle, "", "", ""]


def test_after_a_few_requests_no_more_mail_is_sent_and_the_answer_stays_the_same(
    lee: Person, mailbox: Mailbox, mail_settings: Change
) -> None:
    answers = set()
    for _ in range(RESETS + 2):
        answer = ask()
        answers.add((answer.status_code, re.sub(r'value="[^"]*"', "", answer.content.decode())))
        send()
    assert len(mailbox.messages) == RESETS
    assert len(answers) == 1


def test_one_address_may_not_ask_for_everybody(lee: Person, mail_settings: Change) -> None:
    mail_settings(sign_in_rate=3)
    assert [ask(f"p{number}@example.org").status_code for number in range(4)] == [200, 200, 200, 429]


def test_several_requests_that_were_not_sent_yet_are_one_mail(
    lee: Person, mailbox: Mailbox, mail_settings: Change
) -> None:
    ask()
    ask()
    send()
    assert len(mailbox.messages) == 1


def test_an_address_lives_for_an_hour(lee: Person, mailbox: Mailbox, mail_settings: Change) -> None:
    ask()
    send()
    path = path_in(mailbox)
    now = clock.now()
    with clock.frozen(now + timedelta(minutes=59)):
        assert Client().get(path).status_code == 200
    with clock.frozen(now + timedelta(minutes=61)):
        assert Client().get(path).status_code == 401
        assert Client().post(path, {"password": NEW}).status_code == 401
    lee.refresh_from_db()
    assert lee.check_password(PASSWORD)


def test_the_second_factor_stays(lee: Person, mailbox: Mailbox, mail_settings: Change) -> None:
    TOTP.activate(lee, "JBSWY3DPEHPK3PXP")
    ask()
    send()
    assert Client().post(path_in(mailbox), {"password": NEW}).status_code == 302
    assert second_factor.is_enabled(lee)
    browser = Client()
    answer = browser.post("/sign-in/", {"email": lee.email, "password": NEW})
    assert answer.headers["Location"] == "/sign-in/code/"
    assert browser.get("/").status_code == 302, "the password alone lets nobody in"


@pytest.mark.parametrize("change", ["role", "deactivated", "voided"])
def test_what_ends_sessions_ends_an_address_that_is_under_way(
    change: str, lee: Person, company: Company, mailbox: Mailbox, mail_settings: Change
) -> None:
    ask()
    send()
    path = path_in(mailbox)
    if change == "role":
        identity.give_grant(Actor.installation(), lee, "risk-owner")
    elif change == "deactivated":
        identity.deactivate_person(Actor.installation(), lee)
    else:
        Person.objects.filter(pk=lee.pk).update(password="!")
    assert Client().post(path, {"password": NEW}).status_code == 401


def test_a_token_of_another_kind_or_person_opens_nothing(
    lee: Person, company: Company, mailbox: Mailbox, mail_settings: Change
) -> None:
    boss, noor = company.person("boss", "aims-manager"), company.person("noor", "viewer")
    invitation = identity.invitation(actor_of_person(boss), lee)
    assert Client().get(invitation.replace("/invitation/", "/reset/")).status_code == 401
    ask()
    send()
    path = path_in(mailbox)
    assert Client().get(path.replace("/reset/", "/invitation/")).status_code == 401
    assert Client().get(path.replace(lee.handle, noor.handle)).status_code == 401


def test_nothing_secret_is_stored_and_a_late_request_lapses(
    lee: Person, mailbox: Mailbox, mail_settings: Change
) -> None:
    ask()
    stored = " ".join(str(value) for row in Delivery.objects.values() for value in row.values())
    assert "sign-in/reset" not in stored
    with clock.frozen(clock.now() + RESET_LAPSES + timedelta(seconds=1)):
        send()
    assert mailbox.messages == []
    (row,) = queries.of_person(lee.pk)
    assert row.state == "failed"


def test_a_request_that_no_entry_speaks_of_is_found(lee: Person, mail_settings: Change) -> None:
    ask()
    assert list(_check(0, 1)) == []
    Delivery.objects.update(recipient=Person.objects.create(email="x@example.org", full_name="X"))
    assert [found.table for found in _check(0, 1)] == [DELIVERY]


def test_without_a_mail_server_the_page_says_whom_to_ask(lee: Person) -> None:
    assert "Forgotten your password?" not in Client().get("/sign-in/").content.decode()
    assert "sends no mail" in Client().get(FORGOTTEN).content.decode()
    assert "sends no mail" in ask().content.decode()
    assert queries.deliveries() == []
