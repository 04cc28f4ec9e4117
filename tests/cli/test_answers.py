"""What commands answer: links, keys, verdicts, and the same as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import plumbline
from tests.journeys.installation import free_port

from plumbline_verify import verify


def test_a_new_link_is_for_the_first_person_unless_another_is_named(data: str) -> None:
    assert "/sign-in/link/" in plumbline("init", "--data", data).stdout
    again = json.loads(plumbline("init", "--data", data, "--email", "mina@halden.example", "--json").stdout)
    assert "/sign-in/link/" in again["sign_in"]
    plumbline("init", "--data", data, "--email", "nobody@halden.example", code=1)


def test_records_that_nobody_answers_for_are_listed(data: str) -> None:
    assert json.loads(plumbline("unowned", "--data", data, "--json").stdout) == {"items": [], "total": 0}
    assert plumbline("unowned", "--data", data).stdout.split()[:2] == ["reference", "title"]


def test_the_demonstration_is_not_loaded_into_an_organization_of_its_own(data: str) -> None:
    """A data folder that was made for somebody's own records never gets invented ones."""
    done = plumbline("demo", "--no-serve", "--data", data, PLUMBLINE_PORT=str(free_port()))
    assert "nothing is loaded" in done.stderr
    types = [
        entry["type"]
        for entry in json.loads(
            plumbline("trail", "entries", "--data", data, "--limit", "1000", "--json").stdout
        )
    ]
    assert "record.created" not in types
    assert types.count("person.created") == 1


def test_a_blank_organization_says_how_to_start_it(tmp_path: Path) -> None:
    folder = str(tmp_path / "own")
    done = plumbline("demo", "--empty", "--no-serve", "--data", folder, PLUMBLINE_PORT=str(free_port()))
    assert "ready at" not in done.stdout
    assert f"demo --empty --data {folder}" in done.stdout


def test_entries_are_found_by_who_and_when(data: str) -> None:
    def listed(*words: str) -> list[str]:
        found = plumbline("trail", "entries", "--data", data, "--limit", "1000", "--json", *words).stdout
        return [entry["type"] for entry in json.loads(found)]

    assert set(listed("--by", "installation")) <= set(listed())
    assert "person.created" in listed("--by", "installation", "--from", "2026-01-01")
    assert listed("--until", "2026-01-01") == []
    refused = plumbline("trail", "entries", "--data", data, "--from", "soon", "--by", "nobody", code=1)
    assert "from" in refused.stderr
    assert "by" in refused.stderr
    assert "such as 2026-11-20" in refused.stderr


def test_the_flow_says_when_all_is_signed(data: str) -> None:
    found = json.loads(plumbline("work", "--once", "--data", data, "--json").stdout)
    assert found["entries"] == found["signed"] > 0
    assert "are signed" in plumbline("work", "--once", "--data", data).stdout


@pytest.fixture(scope="module")
def pack(data: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An evidence pack of the small installation."""
    file = tmp_path_factory.mktemp("pack") / "audit.aipack"
    plumbline("pack", "create", "--data", data, "--out", str(file), "--recipient", "Nordic Certification")
    return file


def test_the_verdict_of_a_pack_is_the_exit_code_too(data: str, pack: Path, tmp_path: Path) -> None:
    key = plumbline("trail", "key", "--log", "--data", data).stdout.strip()
    held = json.loads(plumbline("verify", str(pack), "--key", key, "--json").stdout)
    assert held["verdict"] == "VERIFIED"
    assert {step["word"] for step in held["steps"]} == {"PASS", "NOT CHECKED"}
    assert [step["code"] for step in held["steps"]] == verify.STEPS
    assert held["start"] == 0 < held["stop"] <= held["size"]
    found = {step["code"]: step["detail"] for step in held["steps"]}
    assert found["structure"] == f"entries 0 to {held['stop'] - 1} of {held['size']} of {held['origin']}"
    assert all(step["text"].endswith(".") for step in held["steps"])
    unsigned = json.loads(plumbline("verify", str(pack), "--json", code=3).stdout)
    assert "SIGNER NOT VERIFIED" in unsigned["verdict"]
    changed = bytearray(pack.read_bytes())
    changed[len(changed) // 2] ^= 1
    broken = tmp_path / "broken.aipack"
    broken.write_bytes(changed)
    assert (
        json.loads(plumbline("verify", str(broken), "--key", key, "--json", code=3).stdout)["verdict"]
        == "FAILED"
    )


def test_the_operator_gives_a_role_that_nobody_else_may_give(data: str) -> None:
    person = ("--to", "mina@halden.example", "--data", data)
    given = plumbline("role", "give", "reviewer", *person).stdout
    assert "has the role Reviewer" in given
    rows = json.loads(plumbline("role", "list", "--data", data, "--json").stdout)
    assert [(row["role"], row["given_by"]) for row in rows if row["role"] == "Reviewer"] == [
        ("Reviewer", "stage:installation")
    ]
    # Who runs the management system does not audit it, whoever gives the role.
    plumbline("role", "give", "internal-auditor", *person, code=1)
