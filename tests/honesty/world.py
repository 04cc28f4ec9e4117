"""An organization to cheat in: its people, the doors they come through, its time, and what a reader sees.

Every act goes through a real door (API, page, command line, import, the raw ingest door) as a named person,
and every act takes a second. What is read is read as a reader would: as JSON, as a page, as printed rows.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.web.reading import read

from plumbline.kernel import clock
from plumbline.kernel.states import MemberState

if TYPE_CHECKING:
    from plumbline.config import Config
    from plumbline.identity.models import Person
    from plumbline.work.pump import Stage

GOOD = {"Recorded", "Operating", "Effective", "Proved"}
"""The words that a cheat is after. Written out here: the product's own list may be part of the cheat."""
REFUSED = {400, 403, 404, 409, 412, 422}


@dataclass(frozen=True)
class Reply:
    """What a door answered."""

    status: int
    text: str
    json: Any = None
    where: str = ""
    etag: str = ""
    content: bytes = b""

    @property
    def refused(self) -> bool:
        """Whether nothing was done."""
        return self.status in REFUSED

    @property
    def remedies(self) -> list[str]:
        """What the refusal tells the person to do, fault by fault."""
        return [fault.get("remedy", "") for fault in (self.json or {}).get("errors", [])]


@dataclass
class World:
    """The organization; ``people`` are known by their first name in small letters."""

    config: Config
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)
    _frozen: Any = None
    _tokens: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    _stages: tuple[Stage, ...] = ()

    # Time

    def enter(self) -> None:
        """Let the product's clock stand at the time of this world."""
        self._set(self.now)

    def close(self) -> None:
        """Give the clock back and close what was opened."""
        if self._frozen is not None:
            self._frozen.__exit__(None, None, None)
            self._frozen = None
        self._open.close()
        self._stages = ()

    def _set(self, instant: datetime) -> None:
        if self._frozen is not None:
            self._frozen.__exit__(None, None, None)
        self.now = instant
        self._frozen = clock.frozen(instant)
        self._frozen.__enter__()

    def wait(self, **span: float) -> None:
        """Let time pass: ``wait(days=3)``."""
        self._set(self.now + timedelta(**span))

    def day(self, offset: int = 0) -> date:
        """Today, or the day so many days away."""
        return self.now.date() + timedelta(days=offset)

    # People

    def hire(self, name: str, role: str = "", **grant: Any) -> Person:
        """Give somebody an account and, unless it is empty, a role."""
        from plumbline.identity import commands
        from plumbline.identity.actors import Actor

        operator = Actor.installation()
        if name not in self.people:
            full_name = f"{name.capitalize()} Holm"
            self.people[name] = commands.create_person(
                operator, email=f"{name}@halden.example", full_name=full_name
            )
        if role:
            commands.give_grant(operator, self.people[name], role, **grant)
        self.people[name].refresh_from_db()
        return self.people[name]

    def token(self, who: str, *scopes: str) -> str:
        """A token with which ``who`` calls the API, renewed when it has run out."""
        from plumbline.identity import commands
        from plumbline.identity.actors import Actor

        wanted = scopes or ("read", "write")
        text, expires = self._tokens.get((who, " ".join(wanted)), ("", self.now))
        if expires <= self.now:
            expires = self.now + timedelta(days=30)
            owner = self.people[who]
            text = commands.issue_token(
                Actor.installation(), owner=owner, name="test", scopes=list(wanted), expires=expires
            ).text
            self._tokens[who, " ".join(wanted)] = text, expires
        return text

    # The API

    def call(
        self,
        who: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        scopes: Sequence[str] = (),
        **headers: str,
    ) -> Reply:
        """One request to the API as ``who``; ``body`` is JSON, or bytes as they are."""
        from django.test import Client

        self.wait(seconds=1)
        sent = {"Authorization": f"Bearer {self.token(who, *scopes)}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        media_type = sent.pop("Content-Type", "application/json")
        data = (
            body
            if isinstance(body, bytes)
            else b""
            if body is None
            else json.dumps(body, default=str).encode()
        )
        answer: Any = Client().generic(method, f"/api/v1/{path}", data, media_type, headers=sent)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = content.decode(errors="replace")
        is_json = "json" in answer.headers.get("Content-Type", "")
        value = json.loads(text) if is_json and text else None
        tag = answer.headers.get("ETag", "")
        return Reply(answer.status_code, text, value, etag=tag, content=content)

    def get(self, who: str, path: str) -> Any:
        """The JSON that ``who`` reads at ``path``. Fails when it is refused."""
        reply = self.call(who, "GET", path)
        assert reply.status == 200, reply.text
        return reply.json

    def try_create(self, who: str, kind: str, **values: Any) -> Reply:
        """Ask for a new record through the API."""
        from plumbline.records import kinds

        return self.call(who, "POST", kinds.get(kind).plural, {"values": values})

    def create(self, who: str, kind: str, **values: Any) -> str:
        """Make a record through the API; its reference."""
        reply = self.try_create(who, kind, **values)
        assert reply.status == 201, f"{kind}: {reply.text}"
        return str(reply.json["reference"])

    def make(self, kind: str, who: str = "mina", **changed: Any) -> str:
        """Make a complete record from the example of its kind, and what it refers to before it."""
        from plumbline.records import examples, kinds

        wanted = examples.values_of(kinds.get(kind), self.of, changed)
        reference = self.create(
            who, kind, **{name: value for name, value in wanted.items() if value is not None}
        )
        self.references.setdefault(kind, reference)
        return reference

    def of(self, kind: str) -> str:
        """The record of a kind that others refer to by default; made when there is none yet."""
        return self.references.get(kind) or self.make(kind)

    def _path(self, reference: str) -> str:
        from plumbline.records import kinds

        prefix = reference.partition("-")[0]
        kind = next(kind for kind in kinds.all_kinds() if kind.prefix == prefix)
        return f"{kind.plural}/{reference}"

    def record(self, reference: str, who: str = "mina") -> dict[str, Any]:
        """A record as the API gives it."""
        found: dict[str, Any] = self.get(who, self._path(reference))
        return found

    def etag(self, who: str, reference: str) -> str:
        """The tag of what ``who`` reads of a record now; empty when they read nothing."""
        return self.call(who, "GET", self._path(reference)).etag

    def try_amend(self, who: str, reference: str, **values: Any) -> Reply:
        """Ask to change a record through the API, in its present revision."""
        tag = self.etag(who, reference)
        return self.call(who, "PATCH", self._path(reference), {"values": values}, If_Match=tag)

    def amend(self, who: str, reference: str, **values: Any) -> None:
        """Change a record through the API."""
        reply = self.try_amend(who, reference, **values)
        assert reply.status == 200, reply.text

    def try_move(
        self,
        who: str,
        reference: str,
        step: str,
        reason: str = "As agreed on in the meeting.",
        etag: str = "",
    ) -> Reply:
        """Ask to take a record a step further through the API, in its present revision or that of a tag."""
        body = {"move": step, "reason": reason}
        tag = etag or self.etag(who, reference)
        return self.call(who, "POST", f"{self._path(reference)}/moves", body, If_Match=tag)

    def move(
        self, who: str, reference: str, *steps: str, reason: str = "As agreed on in the meeting."
    ) -> str:
        """Take a record through steps, one after the other; its state then."""
        state = ""
        for step in steps:
            reply = self.try_move(who, reference, step, reason)
            assert reply.status == 200, f"{who} {step} {reference}: {reply.text}"
            state = reply.json["state"]
        return state

    def approve(self, reference: str, by: str = "sara", author: str = "mina") -> str:
        """Have a record reviewed and approved by a second person; its reference."""
        self.move(author, reference, "submit")
        self.move(by, reference, "approve")
        return reference

    def attach(self, who: str, reference: str, name: str, content: bytes = b"Signed by nobody.") -> Reply:
        """Ask to add a file to a record."""
        path = f"{self._path(reference)}/attachments?filename={name}"
        return self.call(who, "POST", path, content, Content_Type="text/plain")

    def link(self, who: str, reference: str, target: str, relation: str = "proved by") -> Reply:
        """Ask to link a record to another."""
        return self.call(
            who, "POST", f"{self._path(reference)}/links", {"relation": relation, "target": target}
        )

    # Pages

    def page(self, who: str, path: str) -> str:
        """What ``who`` reads on a page, as prose. Fails when the page is refused."""
        reply = self.press(who, path, method="get")
        assert reply.status == 200, f"{path}: {reply.status}"
        return reply.text

    def press(self, who: str, path: str, *, method: str = "post", **fields: Any) -> Reply:
        """Send a form as ``who``'s browser would, and follow where it leads."""
        from django.test import Client

        self.wait(seconds=1)
        browser = Client(raise_request_exception=False)
        browser.force_login(self.people[who])
        answer: Any = getattr(browser, method)(path, fields)
        status = answer.status_code
        where = str(answer.headers.get("Location", ""))
        if where:
            answer = browser.get(where)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return Reply(status, read(content).prose, where=where)

    def press_move(self, who: str, reference: str, step: str, reason: str = "As agreed.") -> Reply:
        """Take a step with the button on the record's page."""
        revision = self.record(reference, who)["revision"]
        return self.press(who, f"/records/{reference}/moves/{step}/", revision=revision, reason=reason)

    # The command line

    def cli(self, *words: str) -> str:
        """What a command of the product prints on this installation."""
        import os

        from plumbline.cli.main import app

        self.wait(seconds=1)
        before, mask = dict(os.environ), os.umask(0o077)
        os.environ["PLUMBLINE_DATA"] = str(self.config.data)
        try:
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                app(list(words), standalone_mode=False)
            return printed.getvalue()
        finally:
            os.umask(mask)
            os.environ.clear()
            os.environ.update(before)

    # Import

    def import_csv(self, who: str, kind: str, rows: Sequence[Mapping[str, Any]]) -> Reply:
        """Upload rows as CSV with a map that takes each column as the field of its name, and confirm."""
        columns = list(rows[0])
        key = columns[0]
        lines = [",".join(columns)] + [",".join(f'"{row[name]}"' for name in columns) for row in rows]
        fields = "".join(f"  {name}: {name}\n" for name in columns)
        mapping = f"kind: {kind}\nregister: tests\nkey: {{columns: [{key}]}}\nfields:\n{fields}"
        reply = self.call(
            who, "POST", "imports", _form(map=mapping, kind=kind, file="\n".join(lines)),
            Content_Type="multipart/form-data; boundary=limit",
        )  # fmt: skip
        if reply.status >= 300:
            return reply
        self.flow()
        handle = reply.json["id"]
        confirmed = self.call(who, "POST", f"imports/{handle}/confirmation")
        self.flow()
        if confirmed.status >= 300:
            return confirmed
        return self.call(who, "GET", f"imports/{handle}/rows")

    # Telemetry and the flow

    def send(
        self, system: str, *events: Mapping[str, Any], source: str = "", who: str = "mina", **batch: Any
    ) -> Reply:
        """Post events of a system to the raw ingest door."""
        from plumbline.api.telemetry import IngestDoor
        from plumbline.kernel.ids import uuid7

        self.wait(seconds=1)
        token = self.token(who, "ingest")
        rows = [{"id": str(uuid7()), "system": system, "type": "decision", **event} for event in events]
        for row in rows:
            if isinstance(row.get("time"), datetime):
                row["time"] = clock.rfc3339(row["time"])
        body = json.dumps({"source": source or f"{system}-gateway", "events": rows, **batch}).encode()
        door = IngestDoor(self.config)
        try:
            return asyncio.run(_post(door, body, token))
        finally:
            door.close()

    def export(self, body: bytes, who: str = "mina") -> Reply:
        """Post an OTLP trace export in JSON, as a collector does."""
        from plumbline.api.telemetry import TRACES, IngestDoor

        self.wait(seconds=1)
        door = IngestDoor(self.config)
        try:
            return asyncio.run(_post(door, body, self.token(who, "ingest"), TRACES))
        finally:
            door.close()

    def traffic(
        self, system: str, day: date, count: int = 40, make: Callable[[int], Mapping[str, Any]] | None = None
    ) -> None:
        """Send ``count`` decisions of a system, spread over the morning of ``day`` in UTC."""
        from datetime import UTC, time

        start = datetime.combine(day, time(1), UTC)
        events = [
            {"time": start + timedelta(minutes=number), "outcome": "pay", "latency_ms": 20.0, "score": 0.4}
            | dict(make(number) if make else {})
            for number in range(count)
        ]
        reply = self.send(system, *events)
        assert reply.status == 201, reply.text

    def flow(self) -> None:
        """Let the flow take in, measure, judge and raise until nothing is left to do."""
        from plumbline.work import stages

        if not self._stages:
            self._stages = self._open.enter_context(stages.flow(self.config))
        self.wait(seconds=1)
        for _ in range(200):
            if not [stage.name for stage in self._stages if stage.advance()]:
                return
        raise AssertionError("the flow does not come to rest")

    # What a reader sees

    def posture(self, who: str = "mina") -> dict[str, dict[str, Any]]:
        """Every requirement as the API gives it, by its number."""
        return {row["requirement"].partition(":")[2]: row for row in self.get(who, "posture")}

    def words(self, *numbers: str) -> dict[str, str]:
        """The measured state of requirements, after the flow has judged, as the API gives them."""
        self.flow()
        known = self.posture()
        return {number: known[number]["measured"] for number in numbers or known}

    def good(self, *numbers: str) -> set[str]:
        """Which of the requirements read good (all of them unless some are named)."""
        return {number for number, word in self.words(*numbers).items() if word in GOOD}

    def seen(self, number: str, who: str = "mina") -> Seen:
        """A requirement at every door, after the flow has judged: they have to say the same word."""
        self.flow()
        row = self.posture(who)[number]
        is_control = number.startswith("A.")
        path = f"/controls/{number}/" if is_control else f"/requirements/iso42001:{number}/"
        page = self.page(who, path)
        printed = next(
            line
            for line in json.loads(self.cli("posture", "--json"))
            if line["requirement"].partition(":")[2] == number
        )
        assert printed["measured"] == row["measured"], "command line and API say the same"
        assert row["measured"] in page, f"the page of {number} says {row['measured']}"
        return Seen(row, page)

    def results(self, check: str, subject: str = "", who: str = "mina") -> list[dict[str, Any]]:
        """Results of a check, newest window and newest judgement first, as the API gives them."""
        query = f"results?check={check}&size=100" + (f"&subject={subject}" if subject else "")
        rows: list[dict[str, Any]] = self.get(who, query)["items"]
        return sorted(rows, key=lambda row: (row["window_start"], row["id"]), reverse=True)

    def missed(self, check: str) -> dict[str, str]:
        """Every member that the newest result of a check finds wanting, with why; its reason names the first
        ones alone."""
        found = self.get("mina", f"results/{self.results(check)[0]['id']}")["members"]
        return {
            member["name"]: member["reason"] for member in found if member["state"] == MemberState.MISSING
        }

    def verdicts(self, check: str, subject: str = "") -> list[str]:
        """The words of a check's newest window, the newest judgement first."""
        rows = self.results(check, subject)
        return [row["word"] for row in rows if row["window_start"] == rows[0]["window_start"]]

    def listed(self, kind: str, who: str = "mina") -> list[dict[str, Any]]:
        """The records of a kind as the API lists them."""
        from plumbline.records import kinds

        return list(self.get(who, f"{kinds.get(kind).plural}?size=100")["items"])

    def suspicions(self, check: str = "") -> list[dict[str, Any]]:
        """Nonconformities that a check has raised."""
        rows = self.listed("nonconformity")
        return [
            row for row in rows if row["values"]["check_name"] and check in ("", row["values"]["check_name"])
        ]

    @cached_property
    def key(self) -> str:
        """The verifier key of this installation's log."""
        return str(json.loads(self.cli("trail", "key", "--json"))["log"])


@dataclass(frozen=True)
class Seen:
    """One requirement as a reader sees it."""

    row: Mapping[str, Any]
    page: str

    @property
    def word(self) -> str:
        """Its measured state."""
        return str(self.row["measured"])

    @property
    def good(self) -> bool:
        """Whether it reads good."""
        return self.word in GOOD

    @property
    def reasons(self) -> str:
        """Every reason that the API gives, in one text."""
        return " ".join(reason["text"] for reason in self.row["reasons"])

    def names(self, *words: str) -> bool:
        """Whether API and page both name each of the words."""
        return all(word in self.reasons and word in self.page for word in words)


def _form(**parts: str) -> bytes:
    """A form with a file, as a browser sends it."""
    text = ""
    for name, value in parts.items():
        more = '; filename="register.csv"\r\nContent-Type: text/csv' if name == "file" else ""
        text += f'--limit\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'
    return f"{text}--limit--\r\n".encode()


async def _post(door: Any, body: bytes, token: str, path: str = "/api/v1/telemetry/batches") -> Reply:
    """One batch to the ingest door, as an ASGI server hands it over."""
    sent: list[dict[str, Any]] = []
    pieces: Iterator[bytes] = iter([body])

    async def receive() -> dict[str, Any]:
        piece = next(pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = {
        "host": "localhost:8042",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "authorization": f"Bearer {token}",
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": raw, "client": ("127.0.0.1", 5000)}
    await door(scope, receive, send)
    start, content = sent
    text = content["body"].decode()
    return Reply(start["status"], text, json.loads(text))
