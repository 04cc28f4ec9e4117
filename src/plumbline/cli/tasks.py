"""`plumbline tasks`: what waits for the person whose token is given."""

from __future__ import annotations

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, server


def tasks(data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """List what waits for you, as at the head of My work: what went on to you or was taken over, what only
    you or others with the authority can decide, and your acceptances that have lapsed.

    Example: plumbline tasks
    """
    base, secret = server(url, token, data, "read")
    found = ask(f"{base}/api/v1/tasks", secret)
    if json:
        output.as_json(found)
        return
    output.table(
        ("task", "subject", "title", "due", "reason"),
        [
            (row["task"], row["subject"], row["title"], row["due"] or "", row["reason"])
            for row in found["items"]
        ],
    )
