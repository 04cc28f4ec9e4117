"""A backup that is asked for: one at a time, for whoever may; what became of it is in the trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.waiting import until

from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict, NotAllowed, Unavailable
from plumbline.portability import backup, requests, stored_backup
from plumbline.portability.manifest import Manifest
from plumbline.portability.stage import BackupStage
from plumbline.portability.stored_backup import Backup
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def folder(tmp_path: Path, settings: Any, installation: Actor) -> Path:
    """The folder of backups, which the settings name."""
    settings.PLUMBLINE = replace(settings.PLUMBLINE, backup_folder=str(tmp_path / "backups"))
    return tmp_path / "backups"


def turn(stage: BackupStage) -> None:
    """Have the stage begin, and note what came of it."""
    stage.advance()
    until(stage.advance, "the backup did not end")


def as_if_made(monkeypatch: pytest.MonkeyPatch, fails: Exception | None = None) -> list[Path]:
    """Put an empty backup, or a failure, in the place of the copy of everything; the folders it went to."""
    folders: list[Path] = []

    def make(config: Any, folder: Path, *, name: str) -> None:
        folders.append(folder)
        if fails is not None:
            raise fails

    facts = {"log": {"size": 7, "root": "00"}, "keys": {}}
    monkeypatch.setattr(backup, "make", make)
    monkeypatch.setattr(
        stored_backup,
        "verify",
        lambda folder: Backup(folder, Manifest("", {**facts, "id": f"bak_{folder.name[-20:]}"}, {})),
    )
    return folders


def test_it_is_made_in_a_folder_of_its_own_and_noted(
    folder: Path, mina: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders, stage = as_if_made(monkeypatch), BackupStage()
    asked = requests.ask(mina)
    with pytest.raises(Conflict, match="is being made"):
        requests.ask(mina)
    turn(stage)
    assert folders == [folder / f"2026-11-20-{asked.id}"]
    found = requests.state()
    assert found.last is not None
    assert (found.last.id, found.last.size) == (asked.id, 7)
    assert found.request is not None
    assert (found.request.actor, found.request.made) == (mina.id, found.last.entry)
    assert not stage.advance()
    requests.ask(mina)
    stage.close()


@pytest.mark.parametrize(
    ("fails", "said"),
    [
        (Unavailable("The disk is full."), "The disk is full."),
        (PermissionError(13, "Permission denied"), "The folder cannot be written: Permission denied."),
    ],
)
def test_what_fails_is_said_and_can_be_asked_for_again(
    folder: Path, mina: Actor, monkeypatch: pytest.MonkeyPatch, fails: Exception, said: str
) -> None:
    as_if_made(monkeypatch, fails)
    requests.ask(mina)
    stage = BackupStage()
    turn(stage)
    found = requests.state()
    assert found.request is not None
    assert (found.request.failure, found.last) == (said, None)
    (entry,) = log.search(entry_type=requests.FAILED)
    assert entry.facts["problem"] == "unavailable"
    requests.ask(mina)
    stage.close()


def test_without_a_folder_or_the_permission_none_can_be_asked_for(
    mina: Actor, someone: Callable[..., Actor], settings: Any
) -> None:
    before = log.size()
    with pytest.raises(Conflict, match="PLUMBLINE_BACKUP_FOLDER"):
        requests.ask(mina)
    settings.PLUMBLINE = replace(settings.PLUMBLINE, backup_folder="/mnt/backup")
    with pytest.raises(NotAllowed):
        requests.ask(someone("viewer", "Vera"))
    assert not log.search(entry_type=requests.REQUESTED)
    assert log.size() >= before


def test_the_page_has_a_button_and_says_that_it_is_being_made(folder: Path, mina: Actor) -> None:
    client = Client()
    client.force_login(people.person("mina@halden.example"))
    assert "Make a backup now" in client.get("/trail/backups/").content.decode()
    answer = client.post("/trail/backups/make/", follow=True).content.decode()
    asked = requests.last_request()
    assert asked is not None
    assert f"Mina asked for the backup {asked.id}" in " ".join(answer.split())
    assert "Make a backup now" not in answer
