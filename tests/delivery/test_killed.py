"""A real process of the stage, killed by SIGKILL between the steps of a delivery."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from tests.architecture.tree import ROOT
from tests.delivery.conftest import Mailbox
from tests.delivery.killed import POINTS
from tests.identity.conftest import Company

from plumbline.delivery import commands
from plumbline.identity.actors import actor_of_person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_every_delivery_is_made_once_more_at_most_and_has_one_entry(
    company: Company, mailbox: Mailbox, mail_settings: Callable[..., None], tmp_path: Path
) -> None:
    """The attempt is on record before it is made: what a process did not live to say is done again, once."""
    boss = actor_of_person(company.person("boss", "aims-manager"))
    handles = [
        commands.send_invitation(boss, company.person(name, password=None)).handle
        for name in ("ada", "ben", "cy")
    ]
    data = tmp_path / "data"
    shutil.copytree(settings.PLUMBLINE.data, data, ignore=shutil.ignore_patterns("*-shm", "plumbline.db*"))
    kept = sqlite3.connect(data / "plumbline.db")
    connection.connection.backup(kept)
    kept.close()

    done = subprocess.run(
        [sys.executable, "-m", "tests.delivery.killed"],
        env={
            **os.environ,
            "PLUMBLINE_DATA": str(data),
            "PLUMBLINE_MAIL_HOST": "127.0.0.1",
            "PLUMBLINE_MAIL_PORT": str(mailbox.port),
            "PLUMBLINE_MAIL_SECURITY": "none",
            "PLUMBLINE_MAIL_FROM": "aims@halden.example",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["ends"] == [-signal.SIGKILL] * len(POINTS) + [0], done.stderr[-2000:]
    assert found["rows"] == [[handle, "sent", 2] for handle in handles]
    assert sorted(found["entries"]) == sorted(["delivery.sent", handle] for handle in handles)
    received = [message["To"].partition("@")[0] for message in mailbox.messages]
    assert {name: received.count(name) for name in ("ada", "ben", "cy")} == {"ada": 1, "ben": 2, "cy": 2}
