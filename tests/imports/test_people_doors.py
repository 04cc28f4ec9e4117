"""Registers of people and units by page, over HTTP and by command: one preview, and who may confirm it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.api.conftest import Caller, caller, writer
from tests.cli.conftest import data, plumbline
from tests.imports.test_pages import browser

from plumbline.identity import queries as here
from plumbline.identity.actors import Actor
from plumbline.trail import log

__all__ = ["browser", "caller", "data", "writer"]

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
STAFF = b"email,full_name,left,roles,unit\nada@x.example,Ada Lovelace,,reviewer,\nbo@x.example,Bo Ek,yes,,\n"
UNITS = b"slug,name,parent\nmotor,Motor,claims\nclaims,Claims,\n"


def _sent(kind: str, content: bytes) -> dict[str, Any]:
    return {"kind": kind, "file": SimpleUploadedFile(f"{kind}.csv", content)}


def test_by_page_people_and_units_are_previewed_confirmed_and_taken_out(browser: Client) -> None:
    assert 'value="person"' in " ".join(browser.get("/imports/").content.decode().split())
    units = browser.post("/imports/", _sent("unit", UNITS))
    assert browser.post(units["Location"] + "confirm/", follow=True).status_code == 200
    preview = browser.post("/imports/", _sent("person", STAFF))
    text = " ".join(browser.get(preview["Location"] + "?outcome=all").content.decode().split())
    assert "No mail is sent: accounts are made without a password." in text
    assert "2 new people will be made" in text
    assert here.people() == [here.person("mina@halden.example")]
    done = browser.post(preview["Location"] + "confirm/", follow=True).content.decode()
    assert f"/people/{here.person('ada@x.example').handle}/" in done
    (grant,) = here.grants_of(here.person("ada@x.example").pk)
    assert grant.role == "reviewer"
    columns = browser.post("/imports/", _sent("person", b"Mail,Name\ncy@x.example,Cy Poe\n"))
    shown = browser.get(columns["Location"]).content.decode()
    assert 'name="column-email"' in shown or "e-mail address" in shown.casefold()
    taken = browser.get("/people/files/people.csv").getvalue().decode("utf-8-sig")
    assert "bo@x.example,Bo Ek,yes,," in taken
    assert browser.get("/people/files/units.xlsx").getvalue().startswith(b"PK")
    assert browser.get("/people/files/ai-systems.csv").status_code == 404
    whole = browser.get("/imports/lists-csv.zip").getvalue()
    assert {"people.csv", "units.csv", "index.json"} <= set(zipfile.ZipFile(io.BytesIO(whole)).namelist())
    assert {entry.subject_ref for entry in log.search("list.exported")} == {"person", "unit"}


def test_over_http_a_token_previews_and_does_not_make_accounts(writer: Caller) -> None:
    sent = _sent("person", STAFF)
    made = Client().post("/api/v1/imports", sent, headers={"Authorization": f"Bearer {writer.token}"})
    assert (made.status_code, made.json()["counts"]["create"]) == (201, 2)
    refused = writer("POST", f"imports/{made.json()['id']}/confirmation")
    assert refused.status_code == 403
    assert "Sign in as a person" in refused.json()["detail"]


def test_by_command_what_one_installation_takes_out_another_takes_in(data: str, tmp_path: Path) -> None:
    staff, units, lists = tmp_path / "staff.csv", tmp_path / "units.csv", tmp_path / "lists.zip"
    staff.write_bytes(STAFF)
    units.write_bytes(UNITS)
    told = plumbline("import", "person", str(staff), "--data", data, "--preview")
    assert "No mail is sent" in told.stderr
    plumbline("import", "unit", str(units), "--data", data)
    plumbline("import", "person", str(staff), "--data", data)
    found = json.loads(plumbline("export", "person", "--json", "--data", data).stdout)
    assert {one["email"]: one["left"] for one in found}["bo@x.example"] == "yes"
    plumbline("export", "all", "--out", str(lists), "--data", data)
    second = str(tmp_path / "second")
    plumbline("init", "--data", second, "--email", "mina@halden.example")
    done = json.loads(plumbline("import", "all", str(lists), "--data", second, "--json").stdout)
    assert {one["kind"]: one["create"] for one in done if one["create"]} == {"unit": 2, "person": 2}
    assert json.loads(plumbline("export", "unit", "--json", "--data", second).stdout) == json.loads(
        plumbline("export", "unit", "--json", "--data", data).stdout
    )
    plumbline("export", "all", "--data", data, code=1)


def test_who_manages_nobody_is_offered_no_people(someone: Any) -> None:
    owner: Actor = someone("system-owner", "Omar")
    client = Client()
    client.force_login(here.person(owner.id))
    assert 'value="person"' not in client.get("/imports/").content.decode()
    assert client.get("/people/files/people.csv").status_code == 403
    assert client.post("/imports/", _sent("person", STAFF)).status_code == 403
