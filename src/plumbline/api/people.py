"""Who asks and who is there, over HTTP. Roles and tokens are given in a session, never by a token."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.http import StreamingHttpResponse

from plumbline.api.operations import Answer, Call, Operation, Reply
from plumbline.api.schemas import ANYTHING, COUNT, DAY, FLAG, INSTANT, TEXT, listed, maybe, thing
from plumbline.identity import policy, queries
from plumbline.identity.actors import EffectiveGrant
from plumbline.imports.directory import export
from plumbline.imports.directory.declarations import DIRECTORIES, Directory
from plumbline.kernel import clock
from plumbline.records.ownership import queries as ownership

TAG = "people"
ROLE = thing(role=TEXT, scope=TEXT, starts=DAY, ends=maybe(DAY))
ME = thing(id=TEXT, name=TEXT, scopes=listed(TEXT), roles=listed(ROLE))
UNOWNED = thing(
    items=listed(
        thing(
            reference=TEXT, title=TEXT, kind=TEXT, state=TEXT, unit=maybe(TEXT), left=maybe(TEXT),
            recorded=INSTANT,
        )
    ),
    total=COUNT,
)  # fmt: skip
PERSON = thing(id=TEXT, name=TEXT, active=FLAG)
TOKEN = thing(
    id=TEXT, name=TEXT, scopes=listed(TEXT), created=INSTANT, expires=INSTANT, revoked=maybe(INSTANT),
    last_used=maybe(INSTANT),
)  # fmt: skip


def _role(grant: EffectiveGrant) -> dict[str, Any]:
    return {
        "role": grant.role,
        "scope": grant.scope,
        "starts": grant.starts.isoformat(),
        "ends": grant.ends.isoformat() if grant.ends else None,
    }


def _me(call: Call) -> Answer:
    actor = call.actor
    roles = [_role(grant) for grant in actor.grants]
    return Answer({"id": actor.id, "name": actor.name, "scopes": sorted(actor.scopes or ()), "roles": roles})


def _people(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    rows = queries.people()
    return Answer([{"id": row.handle, "name": row.full_name, "active": row.is_active} for row in rows])


def _tokens(call: Call) -> Answer:
    def instant(value: Any) -> str | None:
        return clock.rfc3339(value) if value is not None else None

    found = [
        {
            "id": token.handle,
            "name": token.name,
            "scopes": token.scopes.split(),
            "created": instant(token.created_at),
            "expires": instant(token.expires),
            "revoked": instant(token.revoked_at),
            "last_used": instant(token.last_used),
        }
        for token in queries.tokens_of(call.actor.person_id or 0)
    ]
    return Answer(found)


def _unowned(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    found = ownership.unowned(call.actor)
    items = [row.as_dict() for row in found.rows]
    return Answer({"items": items, "total": found.total})


def _export(directory: Directory, ending: str, call: Call) -> Answer:
    pieces = export.pieces(call.actor, directory, ending)
    response = StreamingHttpResponse(pieces, content_type=export.ENDINGS[ending])
    response["Content-Disposition"] = f'attachment; filename="{directory.plural}.{ending}"'
    return Answer(response=response)


_SHAPES = {"csv": TEXT, "xlsx": {"type": "string", "format": "binary"}, "json": listed(ANYTHING)}


def _exports() -> Iterator[Operation]:
    words = {"csv": "", "xlsx": "Workbook", "json": "Json"}
    for directory in DIRECTORIES:
        for ending, media in export.ENDINGS.items():
            name = f"export{directory.plural.capitalize()}{words[ending]}"
            text = "With the columns by which it comes in again. The copy leaves an entry in the trail."
            yield Operation(
                "GET", f"/{directory.plural}/export.{ending}", name,
                f"All {directory.plural} as {ending.upper()}", partial(_export, directory, ending), tag=TAG,
                replies={200: Reply("The list.", _SHAPES[ending], media.partition(";")[0])}, text=text,
            )  # fmt: skip


def operations() -> Iterator[Operation]:
    """The token's owner, everybody, the owner's tokens (never their secrets); people and units as files."""
    yield from _exports()
    yield Operation(
        "GET", "/me", "readMe", "Whom the token acts for, and what it may do", _me, tag=TAG,
        replies={200: Reply("The actor.", ME)},
    )  # fmt: skip
    yield Operation(
        "GET", "/people", "listPeople", "Everybody with an account", _people, tag=TAG,
        replies={200: Reply("People by name, without their addresses.", listed(PERSON))},
    )  # fmt: skip
    yield Operation(
        "GET", "/unowned-records", "listUnownedRecords", "Records without an owner, or whose owner has left",
        _unowned, tag=TAG,
        replies={200: Reply("Of every kind, those of people who have left first.", UNOWNED)},
    )  # fmt: skip
    yield Operation(
        "GET", "/tokens", "listTokens", "Tokens of the token's owner", _tokens, tag=TAG,
        replies={200: Reply("Tokens, newest first.", listed(TOKEN))},
    )  # fmt: skip
