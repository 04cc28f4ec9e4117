"""`plumbline tasks`: what waits for the person whose token is given."""

from __future__ import annotations

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, server


def tasks(data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """List what waits for you, as on My work: steps that take a second person, suspicions to decide, what
    went on to you, acceptances that have lapsed, own work that is due, drafts, and what ends soon; and what
    waits for somebody who is away and for whom you stand in.

    Example: plumbline tasks
    """
    base, secret = server(url, token, data, "read")
    found = ask(f"{base}/api/v1/tasks", secret)
    if json:
        output.as_json(found)
        return
    output.table(
        ("task", "subject", "title", "due", "act", "reason"),
        [
            (row["task"], row["subject"], row["title"], row["due"] or "", row["act"] or "", row["reason"])
            for row in found["items"]
        ],
    )
    if found["total"] > len(found["items"]):
        output.note(f"{found['total'] - len(found['items'])} more are not listed.")
