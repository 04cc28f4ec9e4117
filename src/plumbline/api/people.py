"""Who asks and who is there, over HTTP. Roles and tokens are given in a session, never by a token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline.api.operations import Answer, Call, Operation, Reply
from plumbline.api.schemas import DAY, FLAG, INSTANT, TEXT, listed, maybe, thing
from plumbline.identity import policy, queries
from plumbline.identity.actors import EffectiveGrant
from plumbline.kernel import clock

TAG = "people"
ROLE = thing(role=TEXT, scope=TEXT, starts=DAY, ends=maybe(DAY))
ME = thing(id=TEXT, name=TEXT, scopes=listed(TEXT), roles=listed(ROLE))
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


def operations() -> Iterator[Operation]:
    """The token's owner, everybody, and the owner's tokens (never their secrets)."""
    yield Operation(
        "GET", "/me", "readMe", "Whom the token acts for, and what it may do", _me, tag=TAG,
        replies={200: Reply("The actor.", ME)},
    )  # fmt: skip
    yield Operation(
        "GET", "/people", "listPeople", "Everybody with an account", _people, tag=TAG,
        replies={200: Reply("People by name. Their addresses are on the pages only.", listed(PERSON))},
    )  # fmt: skip
    yield Operation(
        "GET", "/tokens", "listTokens", "Tokens of the token's owner", _tokens, tag=TAG,
        replies={200: Reply("Tokens, newest first.", listed(TOKEN))},
    )  # fmt: skip
