"""Who has which competence on any day, and whether somebody was trained on one: API, CSV, page, command.

The days are worked out by hand: Sara's qualification runs from 12 January to 30 June 2026 and was approved on
1 February; today is 20 November 2026.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.api.conftest import Caller

from plumbline.clauses.support.competence import queries
from plumbline.clauses.support.competence.evidence import Known, Standing, cell
from plumbline.cli.main import app
from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Invalid, NotAllowed
from plumbline.records import commands
from plumbline.records.commands import Saved
from plumbline.trail import keys

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
MATRIX = "competence-matrix"


class World:
    """A competence that reviewers need, and four reviewers who stand differently."""

    def __init__(self, mina: Actor, someone: Callable[..., Actor]) -> None:
        self.mina, self.someone = mina, someone
        with self.on("2026-01-05"):
            self.ida = someone("top-management", "Ida")
            self.sara, self.rob, self.ann, self.tim = (
                someone("reviewer", name) for name in ("Sara", "Rob", "Ann", "Tim")
            )
            self.competence = self.approved(
                "competence", title="Reviewing", work="oversight", position="reviewer",
                needed="Knows when the model is wrong.",
            ).reference  # fmt: skip
        with self.on("2026-02-01"):
            self.qualification = self.qualified("2026-01-12", "2026-06-30", person=self.sara.id)
            self.lasting = self.qualified("2026-01-12", "2027-01-12", person=self.ann.id)
            self.training = self.trained(self.tim)

    @staticmethod
    def on(day: str) -> Any:
        """It is this day until the block is over."""
        return clock.frozen(clock.parse_rfc3339(f"{day}T09:00:00Z"))

    def approved(self, kind: str, **values: Any) -> Saved:
        """A record that Mina wrote and Ida approved."""
        saved = commands.create(self.mina, kind, values)
        saved = commands.move(self.mina, saved.reference, "submit", revision=saved.revision)
        return commands.move(self.ida, saved.reference, "approve", revision=saved.revision)

    def qualified(self, shown_on: str, valid_until: str, **who: str) -> str:
        """A qualification in force; its reference."""
        values = {
            "title": "Reviews", "competence": self.competence, "ways": ["training"], "evidence": "A test.",
            "shown_on": shown_on, "valid_until": valid_until, **who,
        }  # fmt: skip
        return self.approved("qualification", **values).reference

    def trained(self, who: Actor) -> str:
        """A training that was held on 15 January and is not evaluated; its reference."""
        values = {
            "title": "Half a day", "competences": [self.competence], "person": who.id, "provider": "A school",
            "held_on": "2026-01-15", "method": "test", "evaluate_on": "2026-01-20",
        }  # fmt: skip
        saved = commands.create(self.mina, "training", values)
        return commands.move(self.mina, saved.reference, "hold", revision=saved.revision).reference

    def evaluated(self, reference: str, result: str) -> None:
        """The training was evaluated, and Ida approved that."""
        found = {"evaluated_on": clock.today().isoformat(), "result": result, "findings": "Nine of ten."}
        saved = commands.move(self.mina, reference, "evaluate", revision=2, values=found)
        commands.move(self.ida, reference, "approve", revision=saved.revision)

    def asked(self, who: Actor | str, day: str, subject: str = "") -> tuple[str, str]:
        """The one answer, and its reason."""
        name = who if isinstance(who, str) else who.id
        (found,) = queries.answer(self.mina, name, subject or self.competence, date.fromisoformat(day))
        return found.verdict, str(found.reason)


@pytest.fixture
def installation(tmp_path: Path, settings: Any, transactional_db: None) -> Actor:
    """A trail that begins on 2 January 2026; the operator of it."""
    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, guard=str(tmp_path / "guard" / "g.json"))
    with World.on("2026-01-02"):
        keys.init(tmp_path, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
    return Actor.installation()


@pytest.fixture
def mina(someone: Callable[..., Actor]) -> Actor:
    """The AIMS manager, from the first day on."""
    with World.on("2026-01-02"):
        return someone("aims-manager", "Mina")


@pytest.fixture
def world(mina: Actor, someone: Callable[..., Actor]) -> World:
    """The world above."""
    return World(mina, someone)


def standings(answer: Any) -> dict[str, str]:
    """How everybody stands by name, of the one competence."""
    assert answer.status_code == 200, answer.content
    (one,) = answer.json()["items"]
    return {row["name"]: row["standing"] for row in one["rows"]}


def test_everybody_who_holds_the_role_stands_somehow(world: World, writer: Caller) -> None:
    answer = writer("GET", MATRIX)
    assert standings(answer) == {
        "Ann": "in force", "Rob": "missing", "Sara": "expired", "Tim": "not evaluated",
    }  # fmt: skip
    assert (answer.json()["asked"], answer.json()["counts"]["in force"]) == (4, 1)
    (one,) = answer.json()["items"]
    ann = one["rows"][0]
    assert (ann["qualification"], ann["valid_until"], ann["asked"]) == (world.lasting, "2027-01-12", True)


def test_as_of_a_day_is_what_was_known_and_held_then(world: World, writer: Caller) -> None:
    then = standings(writer("GET", f"{MATRIX}?as_of=2026-03-01T12:00:00Z"))
    assert then == {"Ann": "in force", "Rob": "missing", "Sara": "in force", "Tim": "not evaluated"}
    before = standings(writer("GET", f"{MATRIX}?as_of=2026-01-20T12:00:00Z"))
    assert before == dict.fromkeys(("Ann", "Rob", "Sara", "Tim"), "missing")
    assert writer("GET", f"{MATRIX}?as_of=2026-01-02T12:00:00Z").json()["items"] == []
    assert writer("GET", f"{MATRIX}?as_of=2027-01-02T12:00:00Z").status_code == 422


def test_a_role_that_is_given_or_taken_back_asks_from_that_day(
    world: World, writer: Caller, installation: Actor
) -> None:
    grant = next(one for one in identity.grants_of(world.rob.person_id or 0))
    people.revoke_grant(installation, grant)
    world.someone("reviewer", "Zoe")
    assert set(standings(writer("GET", MATRIX))) == {"Ann", "Sara", "Tim", "Zoe"}
    assert set(standings(writer("GET", f"{MATRIX}?as_of=2026-03-01T12:00:00Z"))) == {
        *("Ann", "Rob", "Sara", "Tim")
    }


def test_somebody_without_a_role_or_account_is_shown_and_not_counted(world: World, writer: Caller) -> None:
    world.qualified("2026-03-01", "2026-12-31", holder="Pat Guest")
    answer = writer("GET", MATRIX)
    assert standings(answer)["Pat Guest"] == "in force"
    assert answer.json()["asked"] == 4


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        ("2026-01-11", "no"),
        ("2026-01-12", "yes"),
        ("2026-06-30", "yes"),
        ("2026-07-01", "no"),
        ("2026-11-20", "no"),
    ],
)
def test_was_this_reviewer_trained_on_that_day(
    day: str, verdict: str, world: World, writer: Caller, mina: Actor
) -> None:
    for subject in (world.competence, "reviewer", "oversight"):
        for person in (world.sara.id, "sara@halden.example"):
            answer = writer("GET", f"competence-answers?person={person}&subject={subject}&day={day}")
            (one,) = answer.json()["items"]
            assert one["answer"] == verdict
            (piece,) = one["evidence"]
            assert (piece["reference"], piece["approved_on"]) == (world.qualification, "2026-02-01")
            assert piece["known_then"] == (day >= "2026-02-01")


def test_what_nobody_recorded_is_not_known_and_no_no(world: World, mina: Actor) -> None:
    assert world.asked(world.rob, "2026-03-01") == ("not known", "Nothing is recorded of it.")
    assert world.asked("Nobody Known", "2026-03-01")[0] == "not known"
    assert world.asked(world.tim, "2026-01-14") == ("not known", "Nothing is recorded of it.")
    verdict, reason = world.asked(world.tim, "2026-03-01")
    assert verdict == "not known"
    assert "nobody has approved whether it worked" in reason
    assert queries.answer(mina, world.rob.id, "audit", date(2026, 3, 1)) == ()


def test_a_training_that_worked_says_not_for_how_long_and_one_that_failed_says_no(world: World) -> None:
    with world.on("2026-02-01"):
        failed = world.trained(world.rob)
    world.evaluated(world.training, "effective")
    verdict, reason = world.asked(world.tim, "2026-11-20")
    assert verdict == "not known"
    assert "no approved qualification" in reason
    world.evaluated(failed, "not effective")
    assert world.asked(world.rob, "2026-11-20")[0] == "no"


def test_what_was_withdrawn_since_is_no_proof_any_more(world: World, mina: Actor) -> None:
    saved = commands.move(
        mina, world.qualification, "propose-retirement", revision=3, reason="The test was not hers."
    )
    commands.move(world.ida, saved.reference, "retire", revision=saved.revision, reason="Agreed.")
    verdict, reason = world.asked(world.sara, "2026-03-01")
    assert verdict == "not known"
    assert "withdrawn since" in reason


def test_a_draft_shows_nothing(world: World, mina: Actor) -> None:
    values = {
        "title": "Mine", "competence": world.competence, "ways": ["experience"], "evidence": "I know it.",
        "shown_on": "2026-01-12", "valid_until": "2026-12-31", "person": world.rob.id,
    }  # fmt: skip
    commands.create(mina, "qualification", values)
    assert world.asked(world.rob, "2026-03-01")[0] == "not known"


def test_a_day_to_come_and_an_unknown_subject_are_refused_by_name(world: World, writer: Caller) -> None:
    for asked, field in (
        (f"person={world.sara.id}&subject=reviewer&day=2026-11-21", "day"),
        (f"person={world.sara.id}&subject=reviewer&day=soon", "day"),
        (f"person={world.sara.id}&subject=CMT-9999&day=2026-03-01", "subject"),
        ("subject=reviewer&day=2026-03-01", "person"),
    ):
        answer = writer("GET", f"competence-answers?{asked}")
        assert answer.status_code == 422
        assert [fault["field"] for fault in answer.json()["errors"]] == [field], answer.json()
    missing = "competence-answers?person=nobody@halden.example&subject=reviewer&day=2026-03-01"
    assert writer("GET", missing).status_code == 404


def test_what_somebody_may_not_see_is_hidden_and_never_called_missing(world: World) -> None:
    row = {
        "reference": "QLF-0009", "competence": "CMT-0001", "person": "per_1", "holder": "",
        "shown_on": "2026-01-01", "valid_until": "2026-12-31",
    }  # fmt: skip
    day = clock.today()
    for seen, standing in ((frozenset({"QLF-0009"}), Standing.IN_FORCE), (frozenset[str](), Standing.HIDDEN)):
        found = cell(Known((row,), (), seen), "per_1", "CMT-0001", day, asked=True)
        assert found is not None
        assert found.standing is standing
        assert (found.valid_until is None) == (standing is Standing.HIDDEN)


def test_whoever_may_not_read_qualifications_gets_no_matrix(
    world: World, someone: Callable[..., Actor]
) -> None:
    ends = clock.today() + timedelta(days=7)
    auditor = someone("external-auditor", "Ada", scope="systems", ends=ends)
    with pytest.raises(NotAllowed):
        queries.matrix(auditor)
    with pytest.raises(NotAllowed):
        queries.answer(auditor, world.sara.id, "reviewer", clock.today())
    with pytest.raises(Invalid):
        queries.answer(world.mina, world.sara.id, "reviewer", clock.today() + timedelta(days=1))


def test_csv_and_page_say_the_same(world: World, writer: Caller) -> None:
    text = writer("GET", f"{MATRIX}.csv").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["name"]: row["standing"] for row in rows} == standings(writer("GET", MATRIX))
    browser = Client()
    browser.force_login(identity.person(world.mina.id))
    assert b"".join(browser.get("/competences/matrix.csv")).decode("utf-8-sig") == text  # type: ignore[arg-type]
    page = browser.get("/competences/matrix/").content.decode()
    assert "1 of 4 competences" in page
    assert "2 of 4 competences" in browser.get("/competences/matrix/?as_of=2026-03-01").content.decode()
    asked = f"/competences/answer/?person={world.sara.id}&subject=reviewer&day="
    assert (
        "An approved qualification holds on that day." in browser.get(f"{asked}2026-03-01").content.decode()
    )
    assert "after the day that is asked about" in browser.get(f"{asked}2026-01-13").content.decode()
    refused = browser.get(f"{asked}2026-11-21")
    assert refused.status_code == 422
    assert "has not come" in refused.content.decode()


def test_the_command_says_the_same(
    world: World, live_server: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    until = clock.now() + timedelta(days=1)
    secret = people.issue_token(world.mina, name="t", scopes=["read"], expires=until).text

    def told(*words: str) -> str:
        app(["competence", *words, "--url", live_server.url, "--token", secret], standalone_mode=False)
        return capsys.readouterr().out

    said = told("answer", "sara@halden.example", "reviewer", "2026-03-01")
    assert "yes" in said
    assert world.qualification in said
    assert "not known" in told("answer", world.rob.id, "audit", "2026-03-01")
    assert "not evaluated" in told("matrix")
    assert '"asked": 4' in told("matrix", "--json")
