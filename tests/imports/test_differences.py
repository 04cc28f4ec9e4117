"""What is not as in the file of an import, and who decided it: one answer by every door."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from plumbline.cli.main import app
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.tokens import commands as tokens
from plumbline.imports import commands, plan
from plumbline.kernel import clock
from plumbline.records import commands as door

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

MAP = """kind: ai-system
register: r
key: {columns: [Id]}
fields:
  title: Name
  purpose: Purpose
  lifecycle: {column: Stage, values: {Live: in operation}}
"""
FILE = "Id,Name,Purpose,Stage\n1,Chat,Answers mail,Live\n2,Triage,Sorts claims,Someday\n"


def test_every_door_says_the_same(
    mina: Actor, sara: Actor, live_server: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv").handle
    secret = tokens.issue_token(
        mina, name="t", scopes=["read"], expires=clock.now() + timedelta(days=30)
    ).text
    sent = {"headers": {"Authorization": f"Bearer {secret}"}}
    address = f"/api/v1/imports/{handle}/differences"
    client = Client()
    assert client.get(address, **sent).status_code == 409, "nothing is written yet"
    commands.run(mina, handle)
    door.amend(sara, "SYS-0001", {"purpose": "Answers letters"}, revision=1, note="It does letters now.")

    page = json.loads(client.get(address, **sent).content)
    rows = page["items"]
    assert [row["reference"] for row in rows] == ["SYS-0001", "SYS-0002"]
    found = {
        (row["reference"], one["sort"], one["field"], one["text"], one["here"], one["by"])
        for row in rows
        for one in row["differences"]
    }
    assert ("SYS-0001", "here", "purpose", "Answers mail", "Answers letters", "Sara") in found
    assert [one[:4] for one in found if one[0] == "SYS-0002"] == [
        ("SYS-0002", "left out", "lifecycle", "Someday")
    ]
    printed = ["imports", "differences", handle, "--url", live_server.url, "--token", secret]
    app([*printed, "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out) == rows
    app(printed, standalone_mode=False)
    assert "Answers letters" in capsys.readouterr().out

    client.force_login(identity.person(mina.id))
    base = f"/imports/{handle}/differences"
    shown = client.get(f"{base}/").content.decode()
    assert "Answers letters" in shown
    assert "Someday" in shown
    text = client.get(f"{base}.csv").getvalue().decode("utf-8-sig")
    kept = {
        (row["reference"], row["what"], row["field"], row["in the file"], row["here"], row["by"])
        for row in csv.DictReader(io.StringIO(text))
    }
    assert kept == found
