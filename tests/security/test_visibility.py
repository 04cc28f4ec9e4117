"""Results and posture name nothing that lies outside the reader's units, and say that there is more."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.metrics.events import event, put
from tests.security.conftest import House

from plumbline.controls import posture as postures
from plumbline.controls import queries, visibility
from plumbline.controls.engine import Judge
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.discovery.models import Sighting
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.messages import Ref, Subject, listing, names, say, to_json
from plumbline.kernel.problems import NotAllowed
from plumbline.metrics.stage import Rollup
from plumbline.records import commands
from plumbline.telemetry.store.duckdb import DuckStore

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

INSIDE, OUTSIDE = "claims-triage", "secret-scoring"


class Scene:
    """Two systems of two units, each judged; a viewer and an auditor of the first unit, and a manager."""

    def __init__(self, house: House, folder: Path) -> None:
        mina = house.actor("Mina", "aims-manager")
        units = {INSIDE: house.unit("Claims"), OUTSIDE: house.unit("Credit")}
        self.references, self.units = {}, units
        for slug, unit in units.items():
            told = {"title": f"Title of {slug}", "slug": slug, "lifecycle": "in operation", "unit": unit.slug}
            self.references[slug] = commands.create(mina, "ai-system", told).reference
        store, leaf = DuckStore(folder / "evidence.duckdb"), 0
        day = clock.now() - timedelta(hours=2)
        for slug in units:
            rows = [event(day, slug, error="boom" if number < 40 else None) for number in range(200)]
            leaf = put(store, rows, leaf)
        for stage in (Rollup(store), Judge(store)):
            while stage.advance():
                pass
        store.close()
        for slug in units:  # the stage would read them off segments, and these events came in another way
            Sighting.objects.create(slug=slug, first_seen=day, last_seen=day, events=200)
        last = clock.now().date() + timedelta(days=9)
        self.house = house
        self.manager = house.person("Mina")
        self.viewer = house.person("Vera", "viewer", unit=units[INSIDE])
        self.auditor = house.person("Aud", "external-auditor", unit=units[INSIDE], scope="all", ends=last)

    def actor(self, person: Person) -> Any:
        from plumbline.identity.actors import actor_of_person

        return actor_of_person(person)


@pytest.fixture
def scene(house: House, tmp_path: Path) -> Scene:
    return Scene(house, tmp_path)


def others(text: str, scene: Scene) -> list[str]:
    """What ``text`` says of the system outside."""
    return [one for one in (OUTSIDE, scene.references[OUTSIDE], "Title of secret") if one in text]


def pages(scene: Scene) -> list[str]:
    """The pages that speak of results."""
    mine = next(row for row in queries.readings().values() if row.subject == INSIDE)
    wide = [row for row in queries.readings().values() if row.subject == "organization"]
    found = [
        "/",
        "/checks/",
        "/controls/",
        "/clauses/",
        "/controls/A.6.2.6/",
        "/controls/A.5.3/",
        "/sightings/",
    ]
    found += [f"/results/{mine.pk}/", f"/checks/{mine.check_name}/{INSIDE}/"]
    found += [f"/results/{row.pk}/" for row in wide]
    return found + [f"/checks/{row.check_name}/organization/" for row in wide]


def test_pages_name_nothing_outside(scene: Scene) -> None:
    browsers = {who: scene.house.browser(getattr(scene, who)) for who in ("manager", "viewer", "auditor")}
    assert others(browsers["manager"].get("/sightings/").content.decode(), scene), "nothing there to hide"
    told = False
    for path in pages(scene):
        answer = browsers["manager"].get(path)
        assert answer.status_code == 200, path
        told = told or bool(others(answer.content.decode(), scene))
        for who in ("viewer", "auditor"):
            answer = browsers[who].get(path)
            assert answer.status_code == 200, (who, path)
            assert others(answer.content.decode(), scene) == [], (who, path)
    assert told


def test_pages_say_that_there_is_more(scene: Scene) -> None:
    count = sum(row.subject == OUTSIDE for row in queries.readings().values())
    assert count
    sentence = str(visibility.not_shown(count, "reading"))
    viewer, manager = scene.house.browser(scene.viewer), scene.house.browser(scene.manager)
    assert sentence in viewer.get("/checks/").content.decode()
    assert f"{count} outside your units" in viewer.get("/").content.decode()
    assert "outside your units" in viewer.get("/controls/A.6.2.6/").content.decode()
    for path in ("/checks/", "/", "/controls/A.6.2.6/"):
        assert "outside your units" not in manager.get(path).content.decode()


def test_a_result_outside_is_not_there(scene: Scene) -> None:
    row = next(row for row in queries.readings().values() if row.subject == OUTSIDE)
    for person, status in ((scene.manager, 200), (scene.viewer, 404), (scene.auditor, 404)):
        browser = scene.house.browser(person)
        assert browser.get(f"/results/{row.pk}/").status_code == status
        assert browser.get(f"/checks/{row.check_name}/{OUTSIDE}/").status_code == status
        api = scene.house.api(scene.house.token(person, "read"))
        assert api("GET", f"/results/{row.pk}").status_code == status


def test_the_api_counts_what_it_does_not_show(scene: Scene) -> None:
    whole = scene.house.api(scene.house.token(scene.manager, "read"))("GET", "/results?size=500").json()
    assert whole["hidden"] == 0
    hidden = [row for row in whole["items"] if row["subject"] == OUTSIDE]
    for person in (scene.viewer, scene.auditor):
        api = scene.house.api(scene.house.token(person, "read"))
        mine = api("GET", "/results?size=500").json()
        assert mine["hidden"] == len(hidden)
        assert mine["total"] + mine["hidden"] == whole["total"]
        assert others(json.dumps(mine), scene) == []
        assert api("GET", f"/results?subject={OUTSIDE}").json()["items"] == []
        posture = api("GET", "/posture")
        assert others(posture.content.decode(), scene) == []
        assert "outside your units" in posture.content.decode()


def test_the_state_of_a_requirement_is_the_same_for_everybody(scene: Scene) -> None:
    whole = {row.id: row for row in postures.posture()}
    for row in postures.posture(scene.actor(scene.viewer)):
        assert (row.measured, row.readings, row.word) == (
            whole[row.id].measured,
            whole[row.id].readings,
            whole[row.id].word,
        )
        assert len(row.reasons) <= len(whole[row.id].reasons)
        if whole[row.id].reasons:
            assert row.reasons[0].state == whole[row.id].reasons[0].state


def test_an_enumeration_keeps_what_may_be_named(scene: Scene) -> None:
    row = next(row for row in queries.readings().values() if set(row.names) == set(scene.references.values()))
    (redacted,) = visibility.redact_results(scene.actor(scene.viewer), [row])
    assert redacted.reason.params["share"] == row.reason.params["share"]
    text = str(redacted.reason)
    assert scene.references[INSIDE] in text
    assert scene.references[OUTSIDE] not in text
    assert scene.references[OUTSIDE] not in json.dumps(to_json(redacted.reason))
    assert text.endswith("1 record outside your units is not shown.")
    assert redacted.names == (scene.references[INSIDE],)
    assert visibility.redact_results(scene.actor(scene.manager), [row]) == [row]
    assert set(queries.result(row.pk).names) == set(scene.references.values())


def test_a_record_that_is_named_beside_the_enumeration_is_kept_back_too(scene: Scene) -> None:
    """Names are found wherever they stand: in a sentence, in an item, in the message of an item."""
    outside, inside = Ref(scene.references[OUTSIDE]), Ref(scene.references[INSIDE])
    row = next(row for row in queries.readings().values() if row.subject == ORGANIZATION)
    row.reason = say(
        "test.nested",
        "{record} of {system}: {lines}",
        record=outside,
        system=Subject(OUTSIDE),
        lines=listing({inside: say("test.item", "depends on {other}", other=outside)}),
    )
    (redacted,) = visibility.redact_results(scene.actor(scene.viewer), [row])
    assert others(str(redacted.reason), scene) == []
    assert list(names(redacted.reason)) == [inside]
    assert list(names(row.reason)) == [outside, Subject(OUTSIDE), inside, outside]


def test_entries_are_whole_and_their_details_follow_the_record(scene: Scene) -> None:
    """An envelope is what proofs are made of: opaque ids, references and short names, for all who read."""
    from plumbline.trail import log

    made = log.search("record.created", scene.references[OUTSIDE])[0]
    for person, shown in ((scene.manager, True), (scene.viewer, False), (scene.auditor, False)):
        browser = scene.house.browser(person)
        answer = browser.get(f"/trail/{made.index}/")
        assert answer.status_code == 200
        assert scene.references[OUTSIDE] in answer.content.decode()
        assert ("Title of secret" in answer.content.decode()) is shown
        assert "Title of secret" not in scene.house.browser(scene.viewer).get("/trail/").content.decode()


def test_the_statement_and_a_pack_tell_no_more(scene: Scene) -> None:
    from plumbline.reports import applicability

    told = applicability.statement(scene.actor(scene.viewer))
    reasons = [reason for row in told.rows if row.posture for reason in row.posture.reasons]
    assert others(" ".join(f"{reason} {reason.subject} {reason.target}" for reason in reasons), scene) == []


def test_the_inputs_of_a_review_name_nothing_outside(scene: Scene) -> None:
    """They are gathered for the whole organization, by somebody who sees it, and hold references alone."""
    from plumbline.reports import review

    mina, part = (
        scene.actor(scene.manager),
        scene.house.actor("Pia", "aims-manager", unit=scene.units[INSIDE]),
    )
    for slug in (INSIDE, OUTSIDE):
        told = {"title": f"Trouble with {slug}", "description": "Claims wait too long.", "own_rule": "Rule"}
        commands.create(mina, "nonconformity", {**told, "unit": scene.units[slug].slug})
    day = clock.now().date()
    told = {"title": "Review", "period_from": str(day - timedelta(days=9)), "period_until": str(day)}
    made = commands.create(mina, "management-review", told)
    with pytest.raises(NotAllowed):
        review.prepare(part, made.reference, made.revision)
    review.prepare(mina, made.reference, made.revision)
    path = f"/management-reviews/{made.reference}/inputs/"
    for person, shown in ((scene.manager, True), (scene.viewer, False)):
        page = scene.house.browser(person).get(path)
        assert page.status_code == 200
        assert (f"Trouble with {OUTSIDE}" in page.content.decode()) is shown
        assert f"Trouble with {INSIDE}" in page.content.decode()
        api = scene.house.api(scene.house.token(person, "read"))
        for address in ("", "/history"):
            answer = api("GET", f"/management-reviews/{made.reference}{address}")
            assert answer.status_code == 200
            assert "Trouble with" not in answer.content.decode()


def test_a_role_that_nobody_holds_is_no_secret(scene: Scene) -> None:
    held = queries.readings()["roles-held", "organization"]
    assert "Internal auditor is held by nobody" in str(held.reason)
    redacted = visibility.redact_results(scene.actor(scene.viewer), [held])[0]
    assert (redacted.reason, redacted.names) == (held.reason, held.names)
