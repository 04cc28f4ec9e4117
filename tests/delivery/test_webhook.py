"""Webhooks: signed, posted to the checked address and nowhere else, tried again, disabled in the end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jsonschema
import pytest
from django.test import Client
from tests.delivery.test_waiting import Waits, look, send, task, waits
from tests.identity.conftest import Company

from plumbline.delivery import outgoing, proofs
from plumbline.delivery.models import Delivery, Endpoint, Notice
from plumbline.delivery.stage import PAUSES, DeliveryStage
from plumbline.delivery.waiting import queries as notices
from plumbline.delivery.waiting.stage import REST
from plumbline.delivery.webhook import commands, payload, queries, signature
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound
from plumbline.records import commands as records
from plumbline.trail import log
from plumbline.trail.proofs import Difference

__all__ = ["waits"]
pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
Change = Callable[..., None]


@dataclass
class Receiver:
    """A real HTTP server of this machine that keeps what it is posted; ``answer`` is the status it gives."""

    port: int = 0
    answer: int = 204
    location: str = ""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=very-secret"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.requests.append((self.path, headers, body))
            self.send_response(made.answer)
            if made.location:
                self.send_header("Location", made.location)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def boss(company: Company) -> Person:
    return company.person("boss", "aims-manager")


@pytest.fixture
def risk(boss: Person) -> str:
    values = {"title": "Late claims", "description": "Claims change."}
    return records.create(actor_of_person(boss), "risk", values).reference


@pytest.fixture
def inside(mail_settings: Change) -> Change:
    """Settings that allow addresses of this machine, and send no mail."""
    mail_settings(webhook_private=True, mail_host="")
    return mail_settings


def hook(boss: Person, receiver: Receiver, style: str = "json", name: str = "Team") -> commands.NewEndpoint:
    return commands.add(actor_of_person(boss), name=name, address=receiver.url, style=style)


def differences() -> list[Difference]:
    return [*proofs._check(0, 1), *proofs._check_endpoints(0, 1)]


class TestSignature:
    def test_the_published_vector(self) -> None:
        """The worked example of the specification and its libraries, as given there."""
        made = signature.headers(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
        )
        assert made == {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        }

    def test_a_secret_has_256_random_bits(self) -> None:
        secrets = {signature.new_secret() for _ in range(10)}
        assert len(secrets) == 10
        assert {len(base64.b64decode(each.removeprefix("whsec_"), validate=True)) for each in secrets} == {32}


WAITING = payload.Waiting(
    "approval", "RSK-0007", date(2026, 12, 1), "https://aims.example/records/RSK-0007/",
    datetime(2026, 11, 20, 13, tzinfo=UTC), "Halden <&> *Co*",
)  # fmt: skip


_BLOCK = {
    "additionalProperties": False,
    "required": ["type", "text"],
    "properties": {
        "type": {"const": "TextBlock"},
        "text": {"type": "string"},
        "wrap": {"type": "boolean"},
    },
}
_ACTION = {
    "additionalProperties": False,
    "required": ["type", "url"],
    "properties": {
        "type": {"const": "Action.OpenUrl"},
        "title": {"type": "string"},
        "url": {"type": "string", "format": "uri-reference"},
    },
}
_CARD = {
    "additionalProperties": False,
    "required": ["type", "version"],
    "properties": {
        "$schema": {"const": "http://adaptivecards.io/schemas/adaptive-card.json"},
        "type": {"const": "AdaptiveCard"},
        "version": {"enum": ["1.0", "1.1", "1.2", "1.3", "1.4"]},
        "body": {"type": "array", "items": _BLOCK},
        "actions": {"type": "array", "items": _ACTION},
    },
}
TEAMS = {
    "additionalProperties": False,
    "required": ["type", "attachments"],
    "properties": {
        "type": {"const": "message"},
        "attachments": {
            "type": "array",
            "minItems": 1,
            "items": {
                "additionalProperties": False,
                "required": ["contentType", "content"],
                "properties": {
                    "contentType": {"const": "application/vnd.microsoft.card.adaptive"},
                    "contentUrl": {"type": "null"},
                    "content": _CARD,
                },
            },
        },
    },
}


class TestPayload:
    def test_json(self) -> None:
        assert json.loads(payload.body("json", WAITING)) == {
            "type": "task.waiting",
            "timestamp": "2026-11-20T13:00:00.000000Z",
            "data": {
                "kind": "approval",
                "subject": "RSK-0007",
                "due": "2026-12-01",
                "address": "https://aims.example/records/RSK-0007/",
            },
        }

    def test_slack_escapes_its_three_characters(self) -> None:
        """https://docs.slack.dev: & < > are written as entities, and <address> is a link."""
        (text,) = json.loads(payload.body("slack", WAITING)).values()
        assert text.startswith("Halden &lt;&amp;&gt; *Co*: RSK-0007 newly waits for somebody (approval)")
        assert text.endswith(" <https://aims.example/records/RSK-0007/>")

    def test_teams_gets_an_adaptive_card_whose_text_is_no_markdown(self) -> None:
        message = json.loads(payload.body("teams", WAITING))
        (attachment,) = message["attachments"]
        assert (message["type"], attachment["contentType"]) == (
            "message", "application/vnd.microsoft.card.adaptive",
        )  # fmt: skip
        assert attachment["content"]["body"][0]["text"].startswith("Halden \\<&\\> \\*Co\\*: RSK-0007")
        assert attachment["content"]["actions"][0]["url"] == "https://aims.example/records/RSK-0007/"

    def test_a_card_fits_the_published_schema(self) -> None:
        """The rules of adaptivecards.io/schemas/1.4.0/adaptive-card.json for the parts that we use.

        That file allows no other property, needs the text of a block and the address of an action, and knows
        these versions; the wrapper is that of learn.microsoft.com, "Create incoming webhooks". A message may
        have 28 KB there.
        """
        sent = payload.body("teams", replace(WAITING, organization="O" * 200))
        jsonschema.validate(json.loads(sent), TEAMS)
        assert len(sent) < 28_000
        without = json.loads(sent)
        del without["attachments"][0]["content"]["actions"][0]["url"]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(without, TEAMS)

    def test_a_chat_message_fits_the_published_fields(self) -> None:
        """docs.slack.dev, "Sending messages using incoming webhooks": ``text`` alone; 40,000 characters."""
        sent = json.loads(payload.body("slack", replace(WAITING, organization="O" * 200)))
        assert list(sent) == ["text"]
        assert 0 < len(sent["text"]) < 4_000  # beyond this Slack recommends not to go


def test_what_newly_waits_is_posted_signed_once_for_all(
    waits: Waits, boss: Person, company: Company, risk: str, receiver: Receiver, inside: Change,
    entries: Callable[[], list[str]],
) -> None:  # fmt: skip
    noor = company.person("noor", "aims-manager")
    new = hook(boss, receiver)
    waits.tasks = {boss.handle: [task(risk)], noor.handle: [task(risk)]}
    look()
    send()
    ((path, headers, body),) = receiver.requests
    assert path == "/hook?key=very-secret"
    said = json.loads(body)["data"]
    assert said["subject"] == risk
    assert said["address"] == f"https://aims.halden.example/records/{risk}/"
    for private in (b"Late claims", b"Boss", b"Noor", boss.handle.encode()):
        assert private not in body
    # Checked as a receiver does, by the words of the specification and not by our own code.
    key = base64.b64decode(new.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert int(headers["webhook-timestamp"]) == int(clock.now().timestamp())
    assert entries()[-1] == "delivery.sent"
    look(2 * REST)
    send(2 * REST)
    assert len(receiver.requests) == 1
    assert differences() == []


def test_a_message_that_is_tried_again_keeps_its_id(
    waits: Waits, boss: Person, risk: str, receiver: Receiver, inside: Change
) -> None:
    hook(boss, receiver)
    waits.tasks[boss.handle] = [task(risk)]
    look()
    receiver.answer = 503
    send()
    receiver.answer = 200
    send(PAUSES[0])
    first, second = (headers["webhook-id"] for _, headers, _ in receiver.requests)
    assert first == second
    (row,) = Delivery.objects.all()
    assert (row.state, row.attempts) == ("sent", 2)


def test_what_no_longer_waits_is_not_posted(
    waits: Waits, boss: Person, risk: str, receiver: Receiver, inside: Change
) -> None:
    hook(boss, receiver)
    waits.tasks[boss.handle] = [task(risk)]
    look()
    waits.tasks[boss.handle] = []
    look(2 * REST)
    send(2 * REST)
    assert (receiver.requests, Delivery.objects.count()) == ([], 0)


def test_a_redirect_is_not_followed(
    waits: Waits, boss: Person, risk: str, receiver: Receiver, inside: Change
) -> None:
    hook(boss, receiver)
    receiver.answer, receiver.location = 307, f"http://127.0.0.1:{receiver.port}/elsewhere"
    waits.tasks[boss.handle] = [task(risk)]
    look()
    send()
    assert [path for path, _, _ in receiver.requests] == ["/hook?key=very-secret"]
    assert Delivery.objects.get().error == "The webhook answered with status 307."


def test_one_that_takes_nothing_is_disabled_and_its_administrators_learn_of_it(
    waits: Waits, boss: Person, company: Company, risk: str, receiver: Receiver, inside: Change,
    entries: Callable[[], list[str]],
) -> None:  # fmt: skip
    company.person("vera", "viewer")
    new = hook(boss, receiver)
    receiver.answer = 500
    waits.tasks[boss.handle] = [task(risk), task(risk, entry=8)]
    look()
    after = timedelta()
    for pause in (*PAUSES, timedelta()):
        with clock.frozen(clock.now() + after):
            DeliveryStage().advance()
            DeliveryStage().advance()
        after += pause
    row = Endpoint.objects.get()
    assert row.state == "disabled"
    assert not Delivery.objects.filter(state="waiting").exists()
    assert entries()[-2:] == ["webhook.disabled", "delivery.failed"]
    look(timedelta(days=4))
    told = Notice.objects.filter(kind=notices.WEBHOOK_DISABLED)
    assert [(each.person_id, each.ended_at) for each in told] == [(boss.pk, None)]
    (shown,) = [each for each in notices.notices(actor_of_person(boss)) if each.path == "/webhooks/"]
    assert (shown.title, shown.label) == ("Team", "Webhook disabled")
    assert differences() == []
    receiver.answer = 200
    commands.enable(actor_of_person(boss), new.endpoint.handle)
    assert not told.filter(ended_at=None).exists()
    waits.tasks[boss.handle].append(task(risk, entry=9))
    before = len(receiver.requests)
    look(timedelta(days=5))
    send(timedelta(days=5))
    assert len(receiver.requests) == before + 1
    assert differences() == []


def test_a_receiver_that_is_gone_is_disabled_at_once(
    waits: Waits, boss: Person, risk: str, receiver: Receiver, inside: Change
) -> None:
    hook(boss, receiver)
    receiver.answer = 410
    waits.tasks[boss.handle] = [task(risk)]
    look()
    send()
    assert (len(receiver.requests), Endpoint.objects.get().state) == (1, "disabled")


def test_secrets_are_stored_encrypted_and_forgotten_with_the_webhook(
    boss: Person, receiver: Receiver, inside: Change
) -> None:
    new = hook(boss, receiver)
    stored = " ".join(str(value) for value in Endpoint.objects.values().get().values())
    for secret in ("very-secret", new.secret, new.secret.removeprefix("whsec_")):
        assert secret not in stored
    for leaf in log.leaves(0, log.size()):
        assert b"very-secret" not in str(leaf).encode()
    renewed = commands.renew(actor_of_person(boss), new.endpoint.handle)
    assert renewed.secret != new.secret
    assert differences() == []
    commands.remove(actor_of_person(boss), new.endpoint.handle)
    row = Endpoint.objects.get()
    assert (row.state, row.address, row.secret) == ("removed", "", "")
    assert differences() == []
    assert queries.endpoints(actor_of_person(boss)) == []
    hook(boss, receiver)  # the name is free again
    with pytest.raises(NotFound):
        commands.enable(actor_of_person(boss), new.endpoint.handle)


@pytest.mark.parametrize(
    "change",
    [
        {"address": "other"},
        {"secret": "other"},
        {"host": "evil.example"},
        {"state": "disabled"},
        {"style": "slack"},
        {"name": "Other"},
        {"created_by": "per_0"},
        {"address": "gAAAAA"},
    ],
)
def test_a_webhook_that_was_changed_past_its_entry_is_found(
    change: dict[str, str], boss: Person, receiver: Receiver, inside: Change
) -> None:
    hook(boss, receiver)
    made = {key: commands._closed(value) if value == "other" else value for key, value in change.items()}
    Endpoint.objects.update(**made)
    assert [found.table for found in differences()] == [proofs.ENDPOINT]


def test_a_webhook_without_entry_and_an_entry_without_webhook_are_found(
    boss: Person, receiver: Receiver, inside: Change
) -> None:
    hook(boss, receiver)
    Endpoint.objects.update(handle="whk_0")
    found = {row.row: row.field for row in differences()}
    assert len(found) == 2
    assert found["whk_0"] == "entry"


def test_only_administrators_of_the_whole_manage_them(
    boss: Person, company: Company, receiver: Receiver, inside: Change
) -> None:
    new = hook(boss, receiver)
    actor = actor_of_person(boss)
    reading = Actor("tok_1", boss.pk, "Boss (test)", actor.grants, frozenset({"read"}))
    writing = Actor("tok_2", boss.pk, "Boss (test)", actor.grants, frozenset({"read", "write"}))
    for who in (company.actor("vera", "viewer"), company.actor("olga", "top-management"), reading):
        with pytest.raises(NotAllowed):
            commands.add(who, name="Mine", address=receiver.url, style="json")
        with pytest.raises(NotAllowed):
            commands.remove(who, new.endpoint.handle)
    with pytest.raises(NotAllowed):
        queries.endpoints(company.actor("ivan", "viewer"))
    assert len(queries.endpoints(reading)) == 1
    commands.remove(writing, new.endpoint.handle)


def test_a_name_twice_and_what_cannot_be_used_are_refused(
    boss: Person, receiver: Receiver, inside: Change
) -> None:
    hook(boss, receiver)
    with pytest.raises(Conflict):
        hook(boss, receiver)
    with pytest.raises(Invalid) as refused:
        commands.add(actor_of_person(boss), name=" ", address="ftp://x", style="fax")
    assert {fault.field for fault in refused.value.faults} == {"name", "address", "style"}


def test_the_page_shows_a_secret_once(
    client: Client, boss: Person, receiver: Receiver, inside: Change
) -> None:
    client.force_login(boss)
    answer = client.post("/webhooks/add/", {"name": "Team", "address": receiver.url, "style": "json"})
    assert 'id="secret-text">whsec_' in answer.content.decode()
    shown = client.get("/webhooks/").content.decode()
    assert "whsec_" not in shown
    assert "very-secret" not in shown
    assert "127.0.0.1" in shown
    handle = Endpoint.objects.get().handle
    assert client.post(f"/webhooks/{handle}/enable/").status_code == 409
    assert 'id="secret-text">whsec_' in client.post(f"/webhooks/{handle}/renew/").content.decode()
    assert client.post(f"/webhooks/{handle}/remove/").status_code == 302
    assert client.post("/webhooks/add/", {"name": "", "address": "x", "style": "json"}).status_code == 422


class TestAddresses:
    """What somebody who may add a webhook could try to reach that the Internet cannot."""

    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1",
            "localhost",
            "2130706433",  # 127.0.0.1 as one number
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.0.1",
            "100.64.0.1",  # shared address space (RFC 6598)
            "169.254.169.254",  # the metadata of clouds
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:169.254.169.254]",
            "[64:ff9b::7f00:1]",  # NAT64 of 127.0.0.1
            "[64:ff9b::a9fe:a9fe]",
            "[2002:7f00:1::]",  # 6to4 of 127.0.0.1
            "[2002:a00:1::1]",
            "[fe80::1]",
            "[fc00::1]",
            "[fec0::1]",
            "[ff02::1]",
        ],
    )
    def test_private_ones_are_never_connected_to(self, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def connect(*args: Any, **named: Any) -> Any:
            raise AssertionError("it was connected to")

        monkeypatch.setattr(socket, "create_connection", connect)
        with pytest.raises(outgoing.RequestFailed) as failed:
            outgoing.post(f"https://{host}/", b"", {}, private_setting="PLUMBLINE_WEBHOOK_PRIVATE")
        # A resolver may not know the spellings of a number; then there is nothing to connect to either.
        assert failed.value.is_refused or "cannot be resolved" in str(failed.value.reason)

    @pytest.mark.parametrize(
        "address",
        ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "2002:808:808::1"],
    )
    def test_public_ones_may_be(self, address: str) -> None:
        assert outgoing.is_public(address)

    @pytest.mark.parametrize(
        "url",
        [
            "http://hooks.example.org/",
            "https://user:secret@hooks.example.org/",
            "https://",
            "file:///etc/passwd",
            "gopher://hooks.example.org/",
            "https://hooks.example.org:99999/",
            "https://hooks.example.org/\r\nHost: evil",
            "https://hooks.example.org/ x",
            "hooks.example.org",
        ],
    )
    def test_what_is_no_public_web_address_is_refused(self, url: str) -> None:
        with pytest.raises(outgoing.RequestFailed) as failed:
            outgoing.check_address(url, allow_private=False)
        assert failed.value.is_refused
        assert "secret" not in str(failed.value.reason)

    def test_one_private_address_among_public_ones_is_enough(self, monkeypatch: pytest.MonkeyPatch) -> None:
        both = [(2, 1, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: both)
        with pytest.raises(outgoing.RequestFailed) as failed:
            outgoing.post("https://hooks.example/", b"", {}, private_setting="PLUMBLINE_WEBHOOK_PRIVATE")
        assert failed.value.is_refused

    def test_a_name_that_answers_differently_the_second_time_changes_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first answer is public and is the one connected to; a second would be of this machine."""
        answers = [[(2, 1, 6, "", ("8.8.8.8", 443))], [(2, 1, 6, "", ("127.0.0.1", 443))]]
        tried = []

        def connect(address: tuple[str, int], *args: Any) -> Any:
            tried.append(address)
            raise ConnectionRefusedError

        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: answers.pop(0))
        monkeypatch.setattr(socket, "create_connection", connect)
        with pytest.raises(outgoing.RequestFailed):
            outgoing.post("https://hooks.example/", b"", {}, private_setting="PLUMBLINE_WEBHOOK_PRIVATE")
        assert tried == [("8.8.8.8", 443)]
        assert len(answers) == 1

    def test_what_became_private_later_is_not_posted_to(
        self, waits: Waits, boss: Person, risk: str, receiver: Receiver, inside: Change
    ) -> None:
        hook(boss, receiver)
        inside(webhook_private=False)
        waits.tasks[boss.handle] = [task(risk)]
        look()
        send()
        assert receiver.requests == []
        row = Delivery.objects.get()
        assert (row.state, row.attempts) == ("waiting", 1)

    def test_a_server_that_drips_is_cut(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each byte comes in time, the whole never does."""
        monkeypatch.setattr(outgoing, "DEADLINE", 0.3)
        ended = threading.Event()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]

            def drip() -> None:
                connection, _ = listening.accept()
                with connection:
                    while not ended.wait(0.05):
                        try:
                            connection.sendall(b"H")
                        except OSError:
                            return

            thread = threading.Thread(target=drip)
            thread.start()
            try:
                with pytest.raises(outgoing.RequestFailed):
                    outgoing.post(f"http://127.0.0.1:{port}/", b"", {}, private_setting="")
            finally:
                ended.set()
                thread.join()
