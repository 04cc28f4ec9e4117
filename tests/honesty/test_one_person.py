"""One person, in seconds, without any approval: drafts that count in favour, and approvals that are lent."""

from __future__ import annotations

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import SLUG, live_system
from tests.honesty.world import World

pytestmark = pytest.mark.django_db(transaction=True)
BOT = "shadow-bot"


def missing(world: World, check: str) -> set[str]:
    """Whom the newest result of a check names as missing something."""
    newest = world.results(check)[0]["id"]
    rows = world.get("mina", f"results/{newest}")["members"]
    return {row["name"] for row in rows if row["state"].lower() == "missing"}


@attempt("C1", "A3", "G.suppliers-assessed", "G.data-quality", "G.people-assessed")
def test_what_one_person_writes_takes_nobody_out_of_what_is_asked(kept: World) -> None:
    """A bought system gets the name of a good supplier in a draft, a system made here is added to a good
    dataset, and one that nobody registered is said to touch nobody and to be rules alone."""
    bought = live_system(kept, "chat-assist", sourcing="bought")
    made = live_system(kept, "letter-sorter", sourcing="own", technique="statistical")
    good, data = kept.listed("supplier")[0]["reference"], kept.listed("dataset")[0]["reference"]
    kept.traffic(BOT, kept.day(-1))
    kept.move("stig", bought, "revise")
    kept.amend("stig", bought, supplier=good)
    kept.make("component", who="cora", title="Part of the chat", systems=[bought], supplier=good, datasets=[])
    kept.move("stig", data, "revise")
    kept.amend("stig", data, systems=[kept.of("ai-system"), made])
    bot = kept.create(
        "cora", "ai-system", title="Shadow bot", slug=BOT, lifecycle="in operation", effect="none",
        technique="rules", sourcing="own",
    )  # fmt: skip
    kept.flow()
    assert bought in missing(kept, "suppliers-assessed")
    assert bought in missing(kept, "duties-shared-out")
    for check in ("data-quality", "data-provenance", "data-preparation", "data-registered"):
        assert {made, bot} <= missing(kept, check), check
    assert bot in missing(kept, "people-assessed")


@attempt("A8", "C1")
def test_a_risk_is_lent_to_no_other_system(kept: World) -> None:
    """A risk that two people treated and accepted is written over to a system that nobody has looked at, on
    the API, on its page and in a bulk change."""
    other = live_system(kept, "chat-assist")
    risk = kept.listed("risk")[0]["reference"]
    kept.move("mina", risk, "treat")
    assert "stays as it was" in kept.try_amend("mina", risk, system=other).text
    kept.move("mina", risk, "reassess")
    assert kept.try_amend("mina", risk, system=other).refused, "nor once it is to be assessed again"
    revision = kept.record(risk)["revision"]
    kept.press("mina", f"/records/{risk}/edit/", revision=revision, title="Another", system=other)
    asked = {"kind": "risk", "references": [risk], "act": "edit", "values": {"system": other}}
    kept.call("mina", "POST", "bulk", asked)
    kept.flow()
    assert kept.record(risk)["values"]["system"] == kept.of("ai-system")
    assert other in missing(kept, "risks-assessed")


@attempt("A8", "C1", "D3")
def test_the_slug_of_a_registered_system_covers_no_other(kept: World) -> None:
    """The draft of an approved system takes the slug of one that nobody registered."""
    kept.traffic(BOT, kept.day(-1))
    kept.flow()
    assert BOT in missing(kept, "inventory-complete")
    system = kept.of("ai-system")
    kept.move("stig", system, "revise")
    kept.try_amend("stig", system, slug=BOT)
    kept.flow()
    named = missing(kept, "inventory-complete")
    assert BOT in named or system in named or SLUG in named, "somebody still has to register it"
