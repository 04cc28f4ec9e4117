"""A concern without a name: off unless opened, from nobody, read by the receipt alone, not to be flooded."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.security.conftest import House

from plumbline.clauses.improvement.anonymous import receipts
from plumbline.controls.tasks import queries as tasks
from plumbline.identity.models import Throttle
from plumbline.identity.throttle import _row_key
from plumbline.kernel import clock, request_notes
from plumbline.records import commands, kinds, queries, read_log
from plumbline.records.models import Record, Revision
from plumbline.trail import queries as trail

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

ADDRESS, AGENT = "203.0.113.77", "Telltale-Browser/9.9"
WORDS = "The triage turns people away whose form is handwritten."
PAGE = "/raise-concern/inside/"
API = "/api/v1/anonymous-concerns"


@pytest.fixture
def opened(house: House, settings: Any) -> House:
    """The installation with both channels open."""
    settings.PLUMBLINE = replace(settings.PLUMBLINE, concern_channels="inside, outside", concern_rate=5)
    return house


def browser(address: str = ADDRESS) -> Client:
    return Client(REMOTE_ADDR=address, headers={"User-Agent": AGENT})


def raised(text: str = WORDS, page: str = PAGE, client: Client | None = None) -> str:
    """The receipt of a concern that was just written on the page."""
    client = client or browser()
    once = re.search(r'name="once" value="([^"]+)"', client.get(page).content.decode())
    assert once is not None
    answer = client.post(page, {"concern": text, "once": once[1]})
    found = re.search(r'id="receipt">([^<]+)<', answer.content.decode())
    assert found is not None, answer.content.decode()
    return found[1]


def followed(receipt: str, **more: str) -> Any:
    return browser().post("/raise-concern/follow/", {"receipt": receipt, **more})


def sent(path: str, **body: str) -> Any:
    return browser().post(path, json.dumps(body), content_type="application/json")


def record() -> Record:
    return Record.objects.get(kind="concern")


def test_it_is_not_there_unless_a_setting_opens_it(house: House, settings: Any) -> None:
    for path in ("/raise-concern/", PAGE, "/raise-concern/follow/"):
        assert browser().get(path).status_code == 404
    assert browser().post(PAGE, {"concern": WORDS}).status_code == 404
    assert sent(API, channel="inside", concern=WORDS).status_code == 404
    assert sent(f"{API}/follow", receipt="x").status_code == 404
    settings.PLUMBLINE = replace(settings.PLUMBLINE, concern_channels="outside")
    assert browser().get(PAGE).status_code == 404
    assert sent(API, channel="inside", concern=WORDS).status_code == 404
    assert b"inside" not in browser().get("/raise-concern/").content
    assert browser().get("/raise-concern/outside/").status_code == 200
    assert Record.objects.count() == 0


def test_what_was_written_comes_in_by_nobody_and_the_channels_stay_apart(opened: House) -> None:
    raised()
    raised("I was refused and nobody told me why.", "/raise-concern/outside/")
    first, second = Record.objects.filter(kind="concern").order_by("pk")
    found = kinds.get("concern").model._default_manager.get(pk=first.pk)
    assert (found.channel, found.reporter, found.concern, found.name) == ("inside", "anonymous", WORDS, "")
    assert kinds.get("concern").model._default_manager.get(pk=second.pk).channel == "outside"
    assert first.author == "stage:anonymous"
    assert set(Revision.objects.filter(record=first).values_list("actor", "person")) == {
        ("stage:anonymous", None)
    }
    made = Revision.objects.filter(record__kind="concern").values_list("leaf", flat=True)
    assert {trail.leaf(index).actor for index in made} == {"stage:anonymous"}


def test_nothing_of_who_wrote_it_is_anywhere_in_the_database(opened: House) -> None:
    person = opened.person("Mina", "aims-manager")
    signed = opened.browser(person, REMOTE_ADDR=ADDRESS, headers={"User-Agent": AGENT})
    before = _dump()
    receipt = raised(client=signed)
    followed(receipt, addition="It happened again.")
    after = _dump()
    new = "\n".join(line for line in after if line not in set(before))
    plain = receipt.replace("-", "")
    for told in (ADDRESS, AGENT, person.handle, "mina@", receipt, plain, plain.lower()):
        assert told not in new, told
    assert WORDS in new  # the dump does see what was stored


def _dump() -> list[str]:
    """Every row of every table as text."""
    lines: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            lines += [f"{table}: {row!r}" for row in cursor.fetchall()]
    return lines


def test_whoever_runs_it_cannot_try_addresses_against_the_limits(opened: House) -> None:
    """With the secret of the installation the rows of other limits can be matched; these cannot."""
    raised()
    for what in ("concern", "concern-read"):
        for address in (ADDRESS, f"{what}:{ADDRESS}"):
            assert not Throttle.objects.filter(key=_row_key(address)).exists()
            assert not Throttle.objects.filter(key=_row_key(f"{what}:{address}")).exists()
    assert Throttle.objects.filter(key=_row_key("concern:all")).exists()


def test_somebody_who_is_signed_in_leaves_no_mark_in_session_or_log(opened: House) -> None:
    person = opened.person("Mina", "aims-manager")
    signed = opened.browser(person)
    signed.get("/", headers={"X-Request-ID": "req_home"})
    assert request_notes.take("req_home") == person.handle
    session = dict(signed.session)
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        for path in ("/raise-concern/", PAGE, "/raise-concern/follow/"):
            answer = signed.get(path, headers={"X-Request-ID": "req_told"})
            assert request_notes.take("req_told") == ""
            assert not answer.cookies
        answer = signed.post(PAGE, {"concern": WORDS}, headers={"X-Request-ID": "req_told"})
        assert request_notes.take("req_told") == ""
        assert b"Mina" not in answer.content
    assert dict(signed.session) == session


def test_no_cache_and_no_search_engine_keeps_a_page(opened: House) -> None:
    for answer in (browser().get("/raise-concern/"), browser().get(PAGE), followed(raised())):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert b'name="robots"' in answer.content
    assert "noindex" in sent(API, channel="inside", concern=WORDS).headers["X-Robots-Tag"]


def test_a_receipt_has_a_hundred_bits_and_only_its_digest_is_kept(opened: House) -> None:
    made = {receipts.receipt_of("") for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}", one) for one in made)
    receipt = raised()
    assert record().key == receipts.key_of(receipt)
    assert len(record().key or "") == len("receipt:") + 64
    read = receipt.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert WORDS in followed(read).content.decode()


def test_the_receipt_of_a_form_is_not_worked_out_without_the_secret(opened: House, settings: Any) -> None:
    once = receipts.new_once()
    first = receipts.receipt_of(once)
    assert receipts.receipt_of(once) == first
    settings.SECRET_KEY = "another"
    assert receipts.receipt_of(once) != first


def test_one_answer_for_every_receipt_that_is_not_there(opened: House) -> None:
    raised()
    commands.create(
        opened.actor("Mina", "aims-manager"),
        "concern",
        {
            "title": "By letter", "channel": "inside", "received_on": "2026-11-02", "reporter": "anonymous",
            "concern": "A letter came.",
        },
    )  # fmt: skip
    said: set[str] = set()
    for wrong in ("00000-00000-00000-00000", "x", "", "CCN-0001", "CCN-0002", "receipt:" + "0" * 64, "\x00"):
        answer = followed(wrong)
        assert answer.status_code == 404
        said |= set(re.findall(r'id="refused">(.*?)</div>', answer.content.decode(), re.S))
        assert followed(wrong, addition="x").status_code == 404
    assert len(said) == 1


def test_the_answer_is_shown_and_nothing_else_of_what_is_written_inside(opened: House) -> None:
    mina, sara = opened.actor("Mina", "aims-manager"), opened.actor("Sara", "aims-manager")
    receipt = raised()
    reference = record().reference
    assert "Nobody has begun" in followed(receipt).content.decode()
    commands.comment(mina, reference, "I think it was Tom who wrote this.")
    saved = commands.move(mina, reference, "take", revision=1, values={"protection": "Keep the roster."})
    saved = commands.amend(
        mina,
        reference,
        {
            "assessment": "Tom was asked.", "outcome": "upheld", "answered_on": "2026-11-20",
            "answer": "Handwritten forms are read by people.",
        },
        revision=saved.revision,
    )  # fmt: skip
    page = followed(receipt).content.decode()
    assert "Somebody is looking into it" in page
    assert "Handwritten forms" not in page
    saved = commands.move(mina, reference, "answer", revision=saved.revision)
    commands.move(sara, reference, "close", revision=saved.revision, reason="It is an answer.")
    page = followed(receipt).content.decode()
    assert "Handwritten forms are read by people." in page
    assert "answered and closed" in page
    for kept in ("Tom", "roster", "Mina", "Sara", "upheld", reference, "It is an answer"):
        assert kept not in page, kept
    told = sent(f"{API}/follow", receipt=receipt).json()
    assert set(told) == {"state", "received_on", "concern", "additions", "answer", "answered_on"}
    assert told["answer"] == "Handwritten forms are read by people."


def test_what_is_added_is_seen_and_waits_for_whoever_owns_it(opened: House) -> None:
    mina, tom = opened.actor("Mina", "aims-manager"), opened.actor("Tom", "viewer")
    receipt = raised()
    reference = record().reference

    def waits(actor: Any) -> list[tuple[str, str]]:
        with read_log.logged():
            found = [task for task in tasks.tasks_of(actor) if task.kind.value == "concern"]
        return [(task.subject, str(task.reason)) for task in found]

    assert [subject for subject, _ in waits(mina)] == [reference]
    assert waits(tom) == []
    commands.move(mina, reference, "take", revision=1, values={"owner": opened.person("Mina").handle})
    assert waits(mina) == []
    assert "has come in" in followed(receipt, addition="Ask @Tom and @Nobody.").content.decode()
    assert followed(receipt, addition="Ask @Tom and @Nobody.").status_code == 200  # sent twice
    ((subject, reason),) = waits(mina)
    assert subject == reference
    assert "added something" in reason
    with read_log.logged():
        (comment,) = queries.find(mina, reference)[0].comments.all()
    assert (comment.actor, comment.person, comment.text) == ("stage:anonymous", None, "Ask @Tom and @Nobody.")
    commands.comment(mina, reference, "Seen.")
    from plumbline.records.discussion import commands as discussion

    discussion.resolve(mina, comment.leaf)
    assert waits(mina) == []


def test_what_has_a_pattern_is_taken_out_before_anything_is_stored(opened: House) -> None:
    receipt = raised("Write to whistle@example.org or call +49 30 901820.")
    followed(receipt, addition="Or 192.0.2.17.")
    stored = "\n".join(_dump())
    for told in ("whistle@", "901820", "192.0.2.17"):
        assert told not in stored
    page = followed(receipt).content.decode()
    assert all(word in page for word in ("[email]", "[phone]", "[ip]"))


@pytest.mark.parametrize("text", ["", "   \n", "x" * 5_001, "a\x00b"])
def test_an_empty_or_endless_text_is_refused_and_kept_in_the_field(text: str, opened: House) -> None:
    answer = browser().post(PAGE, {"concern": text})
    assert answer.status_code == 422
    assert b"Nothing was sent." in answer.content
    assert sent(API, channel="inside", concern=text).status_code in (400, 422)
    assert Record.objects.count() == 0


def test_a_form_that_is_sent_twice_is_one_concern(opened: House) -> None:
    once = receipts.new_once()
    first = browser().post(PAGE, {"concern": WORDS, "once": once}).content.decode()
    again = browser().post(PAGE, {"concern": "Something else.", "once": once}).content.decode()
    assert Record.objects.count() == 1
    assert "was sent before" in again
    assert "was sent before" not in first
    assert re.search(r'id="receipt">([^<]+)<', first)[1] in again  # type: ignore[index]


def test_nobody_floods_it_from_one_address_or_from_many(opened: House) -> None:
    texts = [f"Concern number {number}" for number in range(7)]
    states = [browser().post(PAGE, {"concern": text}).status_code for text in texts]
    assert states == [200] * 5 + [429] * 2
    last = browser().post(PAGE, {"concern": "This was long to write."})
    assert int(last.headers["Retry-After"]) > 0
    assert b"This was long to write." in last.content
    # IPv6: another address of one household; then the channel as a whole, on every door.
    states = [
        browser(f"2001:db8::{number}").post(PAGE, {"concern": f"six {number}"}).status_code
        for number in range(1, 8)
    ]
    assert states == [200] * 5 + [429] * 2
    for number in range(90):
        browser(f"198.51.100.{number}").post(PAGE, {"concern": f"many {number}"})
    assert Record.objects.count() == 100
    assert browser("198.51.100.200").post(PAGE, {"concern": "one more"}).status_code == 429
    body = json.dumps({"channel": "inside", "concern": "by program"})
    answer = browser("198.51.100.201").post(API, body, content_type="application/json")
    assert answer.status_code == 429
    with clock.frozen(clock.now() + timedelta(hours=1)):
        assert browser().post(PAGE, {"concern": "an hour later"}).status_code == 200


def test_receipts_are_not_guessed_at_speed(opened: House) -> None:
    states = [followed(f"00000-00000-00000-{number:05d}").status_code for number in range(62)]
    assert states == [404] * 60 + [429] * 2


def test_additions_have_an_end(opened: House, settings: Any) -> None:
    settings.PLUMBLINE = replace(settings.PLUMBLINE, concern_rate=0)
    receipt = raised()
    states = [followed(receipt, addition=f"more {number}").status_code for number in range(31)]
    assert states == [200] * 30 + [429]


def test_a_form_of_another_site_is_refused(opened: House) -> None:
    answer = browser().post(PAGE, {"concern": WORDS}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert Record.objects.count() == 0


def test_markup_in_a_concern_is_shown_as_text(opened: House) -> None:
    receipt = raised("<script>alert(1)</script>")
    assert b"<script>alert(1)" not in followed(receipt).content
    mina = opened.browser(opened.person("Mina", "aims-manager"))
    assert b"<script>alert(1)" not in mina.get(f"/records/{record().reference}/").content


def test_the_api_does_the_same(opened: House) -> None:
    answer = sent(API, channel="outside", concern=WORDS)
    assert answer.status_code == 201
    receipt = answer.json()["receipt"]
    assert set(answer.json()) == {"receipt"}
    told = sent(f"{API}/additions", receipt=receipt, addition="Again.").json()
    assert (told["state"], told["concern"]) == ("received", WORDS)
    assert told["additions"] == [{"text": "Again.", "on": "2026-11-20"}]
    assert sent(f"{API}/additions", receipt="wrong", addition="x").status_code == 404
    # A token that comes along is not read, so that nothing says whose it was.
    secret = opened.token(opened.person("Mina", "aims-manager"), "write")
    body = json.dumps({"channel": "inside", "concern": WORDS})
    headers = {"Authorization": f"Bearer {secret}", "X-Request-ID": "req_told"}
    assert Client().post(API, body, content_type="application/json", headers=headers).status_code == 201
    assert request_notes.take("req_told") == ""
    assert set(Revision.objects.filter(record__kind="concern").values_list("actor", flat=True)) == {
        "stage:anonymous"
    }


def test_only_who_may_read_what_is_sensitive_sees_it_in_the_list(opened: House) -> None:
    raised()
    reference = record().reference
    mina = opened.browser(opened.person("Mina", "aims-manager"))
    page = mina.get("/records/concerns/").content.decode()
    assert reference in page
    assert "Anonymously" in page
    tom = opened.browser(opened.person("Tom", "reviewer"))
    assert tom.get("/records/concerns/").status_code == 403
    assert tom.get(f"/records/{reference}/").status_code == 403
