"""Notices of the token's owner over HTTP, how they want to be told by mail, and their calendar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Parameter, Reply
from plumbline.api.schemas import COUNT, DAY, INSTANT, TEXT, listed, maybe, thing, words
from plumbline.delivery.calendar import commands as calendar_commands
from plumbline.delivery.calendar import queries as calendars
from plumbline.delivery.waiting import commands, queries
from plumbline.identity import policy
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault, Invalid

TAG = "people"
MAIL = words("at-once", "digest", "off")
NOTICE = thing(
    id=TEXT, kind=TEXT, subject=TEXT, title=TEXT, due=maybe(DAY), created=INSTANT, ended=maybe(INSTANT),
    read=maybe(INSTANT),
)  # fmt: skip
PREFERENCE = thing(mail=MAIL, digest_hour=COUNT, quiet_from=maybe(COUNT), quiet_until=maybe(COUNT))
_NAMES = ("mail", "digest_hour", "quiet_from", "quiet_until")


def _list(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    unread = call.query.get("unread", "false")
    if unread not in ("true", "false"):
        raise Invalid("The request was not done.", [Fault("unread", "is not true or false", "true")])
    rows = queries.notices(call.actor, unread=unread == "true")
    items = [
        {
            "id": row.handle,
            "kind": row.kind,
            "subject": row.subject,
            "title": row.title,
            "due": row.due.isoformat() if row.due is not None else None,
            "created": clock.rfc3339(row.created_at),
            "ended": clock.rfc3339(row.ended_at) if row.ended_at is not None else None,
            "read": clock.rfc3339(row.read_at) if row.read_at is not None else None,
        }
        for row in rows
    ]
    return Answer({"items": items, "unread": queries.count_unread(call.actor.person_id or 0)})


def _read(call: Call) -> Answer:
    commands.mark_read(call.actor, call.pieces["id"])
    return Answer(status=204)


def _read_all(call: Call) -> Answer:
    return Answer({"marked": commands.mark_all_read(call.actor)})


def _shown(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _NAMES}


def _preference(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    return Answer(_shown(queries.preference(call.actor.person_id or 0)))


def _choose(call: Call) -> Answer:
    sent = parsing.members(call.json, {"mail": str}, dict.fromkeys(_NAMES[1:], int))
    present = _shown(queries.preference(call.actor.person_id or 0))
    quiet = {name: sent.get(name) for name in ("quiet_from", "quiet_until")}
    hour = sent.get("digest_hour", present["digest_hour"])
    return Answer(_shown(commands.choose(call.actor, mail=sent["mail"], digest_hour=hour, **quiet)))


def _calendar(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    made = calendars.made_at(call.actor)
    return Answer({"made": clock.rfc3339(made) if made is not None else None})


def _revoke_calendar(call: Call) -> Answer:
    calendar_commands.revoke(call.actor)
    return Answer(status=204)


def operations() -> Iterator[Operation]:
    """Notices of the token's owner: list them, mark them as read, choose how mail about them is sent."""
    unread = Parameter("unread", words("true", "false"), "Only unread ones of what still waits.")
    yield Operation(
        "GET", "/notices", "listNotices", "What newly waited for the token's owner", _list, tag=TAG,
        query=(unread,),
        replies={
            200: Reply(
                "The newest, each once. What the owner may no longer see has neither subject nor title.",
                thing(items=listed(NOTICE), unread=COUNT),
            )
        },
    )  # fmt: skip
    yield Operation(
        "POST", "/notices/read", "readAllNotices", "Mark all notices as read", _read_all, tag=TAG,
        replies={200: Reply("How many were unread.", thing(marked=COUNT))},
    )  # fmt: skip
    yield Operation(
        "POST", "/notices/{id}/read", "readNotice", "Mark a notice as read", _read, tag=TAG,
        pieces={"id": "ntc_[0-9a-f]{20}"}, replies={204: Reply("It is marked.")},
    )  # fmt: skip
    yield Operation(
        "GET", "/notice-preference", "readNoticePreference", "How mail about notices is sent", _preference,
        tag=TAG, replies={200: Reply("Hours are those of the owner's time zone.", PREFERENCE)},
    )  # fmt: skip
    yield Operation(
        "POST", "/notice-preference", "chooseNoticePreference", "Choose how mail about notices is sent",
        _choose, tag=TAG,
        body=Body({JSON_TYPE: thing(_NAMES[1:], mail=MAIL, digest_hour=COUNT, quiet_from=COUNT,
                                    quiet_until=COUNT)}),
        problems=(400, 413, 415, 422),
        replies={200: Reply("The choice. Quiet hours that are not sent are none.", PREFERENCE)},
    )  # fmt: skip
    yield Operation(
        "GET", "/calendar-address", "readCalendarAddress", "Whether the owner's calendar has an address",
        _calendar, tag=TAG,
        replies={200: Reply("When it was made. Addresses are made in a session, never by a token.",
                            thing(made=maybe(INSTANT)))},
    )  # fmt: skip
    yield Operation(
        "POST", "/calendar-address/revoke", "revokeCalendarAddress", "End the address of the calendar",
        _revoke_calendar, tag=TAG, problems=(409,), replies={204: Reply("It opens nothing any more.")},
    )  # fmt: skip
