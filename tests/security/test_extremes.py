"""Numbers, times and words far outside of what anybody means get an answer, never a failure."""

from __future__ import annotations

import pytest
from tests.security.conftest import House
from tests.waiting import cpu_at_most

from plumbline.records import commands

pytestmark = pytest.mark.django_db(transaction=True)

NUMBERS = ["-1", "0", "9" * 30, "9" * 5_000, "1e9", "NaN", "0x10", "\u0661"]
TIMES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-01-01", "2026-02-30", "99999-01-01"]
WORDS = [
    "\x00",
    "%",
    "_" * 40,
    "'",
    '"; DROP TABLE records_record',
    "\\",
    "x" * 8_000,
    "%00",
    "%ff%fe",
    "a" * 50 + "%",
]
LISTS = ["/records/ai-systems/", "/evidence/", "/trail/", "/search/", "/telemetry/", "/imports/", "/packs/"]


@pytest.fixture
def reference(house: House) -> str:
    mina = house.actor("Mina", "aims-manager")
    return commands.create(mina, "ai-system", {"title": "100% sure_thing", "slug": "a"}).reference


def test_pages_answer(house: House, reference: str) -> None:
    browser = house.browser(house.person("Mina"), raise_request_exception=False)
    asked = [(path, name, value) for path in LISTS for name in ("page", "before") for value in NUMBERS]
    asked += [
        (path, name, word) for path in LISTS for name in ("q", "sort", "state", "about") for word in WORDS[:6]
    ]
    asked += [("/search/", "q", word) for word in WORDS]
    asked += [(f"/records/{reference}/", "as_of", value) for value in TIMES]
    with cpu_at_most(30):
        bad = [one for one in asked if browser.get(one[0], {one[1]: one[2]}).status_code >= 500]
    numbered = [
        path.format(number)
        for path in (
            "/trail/{}/",
            "/trail/{}/proof/",
            "/results/{}/",
            "/telemetry/{}/",
            f"/records/{reference}/files/{{}}/",
        )
        for number in ("9" * 18, "9" * 19, "9" * 40)
    ]
    bad += [(path, "", "") for path in numbered if browser.get(path).status_code >= 500]
    assert not bad


def test_the_api_answers(house: House, reference: str) -> None:
    send = house.api(house.token(house.person("Mina"), "read"))
    asked = [f"/ai-systems?{name}={value}" for name in ("page", "size") for value in NUMBERS]
    asked += [f"/ai-systems?as_of={value.replace('+', '%2B')}" for value in TIMES]
    asked += [f"/{path}/{'9' * 40}" for path in ("results", "trail/entries", "trail/entries/0/proof")]
    asked += [
        f"/trail/consistency?old={old}&new={new}" for old in ("0", "1", "9" * 25) for new in ("0", "9" * 18)
    ]
    asked += [f"/trail/entries?limit={value}&before={value}" for value in NUMBERS]
    assert not [
        (path, code) for path in asked if (code := send("GET", path).status_code) >= 500 and code != 503
    ]


def test_signs_of_a_pattern_are_signs(house: House, reference: str) -> None:
    send = house.api(house.token(house.person("Mina"), "read"))
    found = {
        word: send("GET", f"/ai-systems?q={word}").json()["total"]
        for word in ("100%25", "sure_t", "%25_", "%25%25")
    }
    assert found == {"100%25": 1, "sure_t": 1, "%25_": 0, "%25%25": 0}


def test_days_at_the_ends_of_time_are_refused(house: House, reference: str) -> None:
    """A month is added to many a day; the last one there is would break the page that does it."""
    send = house.api(house.token(house.person("Mina"), "read", "write", "pack"))
    told = {"title": "A", "period_from": "0001-01-01", "period_until": "9999-12-31", "held_on": "0002-01-01"}
    refused = send("POST", "/management-reviews", {"values": told})
    assert refused.status_code == 422
    assert {fault["field"] for fault in refused.json()["errors"]} >= {"period_from", "period_until"}
    for ends in (
        {"until": "9999-12-31"},
        {"from": "0001-01-01"},
        {"expires": "9999-12-31"},
        {"until": "9" * 15},
    ):
        assert send("POST", "/packs", {"recipient": "a", "purpose": "b", **ends}).status_code == 422


def test_no_field_of_a_page_takes_a_character_that_no_text_has(house: House, reference: str) -> None:
    browser = house.browser(house.person("Mina"), raise_request_exception=False)
    for path, name in (
        ("comments/", "text"),
        ("links/", "note"),
        ("moves/submit/", "reason"),
        ("edit/", "_note"),
    ):
        told = {"revision": "1", "relation": "is", "target": reference, name: "a\x00b"}
        assert browser.post(f"/records/{reference}/{path}", told).status_code == 422, path
