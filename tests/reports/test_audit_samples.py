"""Samples of large populations, of sensitive kinds, and drawn again at the command line."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock
from plumbline.kernel.problems import NotAllowed
from plumbline.records import commands as door
from plumbline.records import kinds, read_log
from plumbline.reports.audit_samples import commands, lines, queries, values
from plumbline.trail import log, publisher

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db(transaction=True)
Someone = Callable[..., Actor]


def asked(auditor: Actor, who: Actor, **changed: Any) -> str:
    """A request of an external audit, asked by an auditor; its reference."""
    told = {
        "title": "A list", "occasion": "Nordic Certification, stage 2", "asked": "The list.",
        "sought": "sample",
        "due": clock.today() + timedelta(days=5), "asked_of": who.id,
    }  # fmt: skip
    made = door.create(auditor, "audit-request", {**told, **changed})
    return door.move(auditor, made.reference, "ask", revision=1).reference


def drawn_from(auditor: Actor, about: str, of: str, wanted: int, only: str = "") -> str:
    """A sample that is drawn under the seed ``dice 4 2 6``; its handle."""
    made = commands.commit(auditor, about, of=of, wanted=wanted, only=only)
    publisher.publish()
    commands.draw(auditor, made.handle, "dice 4 2 6")
    return made.handle


def test_queries_do_not_grow_with_population_or_sample(
    mina: Actor, someone: Someone, counted_queries: Any
) -> None:
    """An import of many writes them in one batch; what is asked for them is asked at once."""
    tomas = someone("internal-auditor", "Tomas")
    about, kind = asked(tomas, mina), kinds.get("component")
    counts = []
    for more in (5, 45):
        for place in range(more):
            door.create(mina, "component", {"title": f"Model {more} {place}"})
        with counted_queries() as asked_for:
            found = queries.population(tomas, kind, "")
        handle = drawn_from(tomas, about, "component", len(found))
        with counted_queries() as shown:
            sample = queries.sample(tomas, handle)
        assert len(sample.draws[0].items) == len(found)
        counts.append((len(asked_for), len(shown)))
    assert counts[0] == counts[1], counts
    assert counts[0][0] <= 4


@pytest.mark.slow
def test_the_federal_inventory_is_a_population(mina: Actor, someone: Someone, counted_queries: Any) -> None:
    from plumbline.imports import commands as imports
    from plumbline.imports import plan

    inventory = gzip.decompress((ROOT / "tests/data/ai-inventories/us_federal_2024_v1.csv.gz").read_bytes())
    mapped = (ROOT / "examples/imports/us-federal-2024.yaml").read_text(encoding="utf-8")
    imports.run(mina, imports.keep(mina, plan.plan_file(mina, "ai-system", inventory, mapped), "us.csv"))
    tomas = someone("internal-auditor", "Tomas")
    about = asked(tomas, mina)
    with counted_queries() as asked_for:
        found = queries.population(tomas, kinds.get("ai-system"), "")
    assert len(found) == 1754
    assert len(asked_for) <= 4, [row["sql"][:80] for row in asked_for]
    handle = drawn_from(tomas, about, "ai-system", 25, "lifecycle=in operation")
    row, text = queries.population_text(tomas, handle)
    assert row.size == 627 + 14 + 4
    ranked = sorted(
        range(row.size), key=lambda place: hashlib.sha256(f"dice 4 2 6:{place}".encode()).digest()
    )
    listed = text.decode().splitlines()
    (draw,) = queries.sample(tomas, handle).draws
    assert [item.line.reference for item in draw.items] == [listed[place].split()[0] for place in ranked[:25]]
    whole = drawn_from(tomas, about, "ai-system", 5)
    assert queries.row_for(tomas, whole).size == 1754


def test_a_sensitive_kind_takes_the_right_and_leaves_an_entry(mina: Actor, someone: Someone) -> None:
    tomas = someone("internal-auditor", "Tomas")
    person = people.create_person(mina, email="ada@nordic.example", full_name="Ada")
    ends = clock.today() + timedelta(days=30)
    people.give_grant(Actor.installation(), person, "external-auditor", scope="all", ends=ends)
    person.refresh_from_db()
    ada = actor_of_person(person)
    concern = {name: value for name, value in kinds.get("concern").example.items() if value != "ai-system"}
    with read_log.logged():
        door.create(mina, "concern", concern)
        about, own = asked(tomas, mina), asked(ada, mina)
    with pytest.raises(NotAllowed), read_log.logged():
        commands.commit(ada, own, of="concern", wanted=1)
    size = log.size()
    with read_log.logged():
        handle = drawn_from(tomas, about, "concern", 1)
    assert "record.listed" in [leaf.entry_type for leaf in log.leaves(size, log.size())]
    viewer = someone("viewer", "Vic")
    with pytest.raises(NotAllowed), read_log.logged():
        queries.sample(viewer, handle)
    with read_log.logged():
        (seen,) = queries.samples_about(viewer, about)
    assert not seen.is_readable
    assert seen.draws == ()


def test_anybody_draws_again_with_a_file_and_a_seed(mina: Actor, someone: Someone, tmp_path: Path) -> None:
    from plumbline.cli.main import app

    tomas = someone("internal-auditor", "Tomas")
    for place in range(9):
        door.create(mina, "component", {"title": f"Model {place}"})
    handle = drawn_from(tomas, asked(tomas, mina), "component", 3)
    row, text = queries.population_text(tomas, handle)
    file = tmp_path / "lines.txt"
    file.write_bytes(text)
    words = ["sample", "draw", str(file), "--seed", "dice 4 2 6", "--count", "3"]
    told = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    sample = values.as_dict(queries.sample(tomas, handle))
    assert [one["reference"] for one in told["drawn"]] == [
        item["reference"] for item in sample["draws"][0]["items"]
    ]
    assert told["sha256"] == row.digest
    assert told["drawn"][0]["reference"] in CliRunner().invoke(app, words).stdout
    assert CliRunner().invoke(app, [*words[:-1], "10"]).exit_code != 0
    file.write_bytes(b"\xff no lines")
    assert CliRunner().invoke(app, words).exit_code != 0


def test_a_draw_worked_out_by_hand() -> None:
    """Ranks of four lines under the seed ``s``, from ``printf 's:0' | sha256sum`` and so on."""
    text = lines.text_of(lines.Line(f"RSK-{place:04d}", 1, place, "00") for place in range(1, 5))
    # 21d07250…, 1b25f38c…, 5be39311…, d12d3bcf…
    assert [place for place, _ in lines.drawn(text, "s", 3)] == [1, 0, 2]
    assert lines.parse(text)[0] == lines.Line("RSK-0001", 1, 1, "00")
