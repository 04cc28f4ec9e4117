"""One shape for everything that can be wrong with a request (RFC 9457, problem details for HTTP APIs).

A problem names the field and the remedy. It never repeats the value that was sent: a problem goes into logs
and onto screens, and the value may be personal data or a script.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from plumbline.kernel.messages import Message, Text, worded


@dataclass(frozen=True)
class Fault:
    """One thing wrong: where (dotted path of the field, '' for the whole), what, and how to mend it."""

    field: str
    message: Text
    remedy: Text = ""

    def __post_init__(self) -> None:
        # A sentence without parameters gets its code from its words, so that a client of the API and a
        # translation can go by it; the class is frozen, hence the roundabout way of setting it.
        for name in ("message", "remedy"):
            text = getattr(self, name)
            if isinstance(text, str) and text:
                object.__setattr__(self, name, worded("fault", text))

    def as_dict(self) -> dict[str, str]:
        """The fault as it stands in a problem document; ``code`` where its message has one."""
        document = {"field": self.field, "message": str(self.message), "remedy": str(self.remedy)}
        if isinstance(self.message, Message) and self.message.code:
            document["code"] = self.message.code
        return document


class Problem(Exception):
    """A request that cannot be carried out.

    ``code`` is a stable word (``conflict``, ``not-allowed``), ``status`` the HTTP status that it has
    on the API, ``title`` the same sentence for every problem of that code, ``detail`` says what
    happened here, ``faults`` name fields. ``remedy`` says what mends it, where the whole is at fault and no
    single field.
    """

    status = 400
    code = "bad-request"
    title = "The request cannot be carried out as it stands"
    remedy: Text = ""

    def __init__(self, detail: Text, faults: Iterable[Fault] = (), **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)
        self.extra = extra

    def as_dict(self) -> dict[str, Any]:
        """The problem document (RFC 9457)."""
        document: dict[str, Any] = {
            "type": f"urn:plumbline:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": str(self.detail),
        }
        if self.remedy:
            document["remedy"] = str(self.remedy)
        if self.faults:
            document["errors"] = [fault.as_dict() for fault in self.faults]
        document.update(self.extra)
        return document


class Invalid(Problem):
    """Fields are missing, unknown or hold values that cannot be used."""

    status, code, title = 422, "invalid", "Some fields need a change"


class Malformed(Problem):
    """The body is not in the format it claims."""

    status, code, title = 400, "malformed", "The body cannot be read"


class NotSignedIn(Problem):
    """No valid session or token came with the request."""

    status, code, title = 401, "not-signed-in", "Sign in or send a valid token"


class NotAllowed(Problem):
    """The actor lacks a permission; the detail says which and who can give it."""

    status, code, title = 403, "not-allowed", "You may not do this"


class NotFound(Problem):
    """Nothing has that name, or the actor may not know of it."""

    status, code, title = 404, "not-found", "There is nothing with this name"


class Conflict(Problem):
    """Somebody saved first, or the state does not allow the step."""

    status, code, title = 409, "conflict", "The record has changed or does not allow this step"


class Stale(Conflict):
    """The revision that the actor saw is not the present one (HTTP If-Match)."""

    status, code, title = 412, "stale-revision", "Somebody else saved first"


class RevisionRequired(Problem):
    """An amend or move came without the revision it is based on."""

    status, code, title = 428, "revision-required", "Say which revision you saw"


class TooLarge(Problem):
    """The body, file or entry is over its limit."""

    status, code, title = 413, "too-large", "The body is too large"


class Unsupported(Problem):
    """The media type or encoding is not one that this address accepts."""

    status, code, title = 415, "unsupported", "This media type is not accepted here"


class TooMany(Problem):
    """The rate limit of the token or address is used up; ``retry_after`` says for how many seconds."""

    status, code, title = 429, "too-many", "Too many requests"


class NotYet(Problem):
    """This address is reserved for a part that is not built yet."""

    status, code, title = 501, "not-yet", "This part does not exist yet"


class Unavailable(Problem):
    """A part of the installation cannot answer now."""

    status, code, title = 503, "unavailable", "A part of the installation cannot answer now"
