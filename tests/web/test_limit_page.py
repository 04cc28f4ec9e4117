"""A limit's page says what the limit would have made of the past, or why nobody can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from plumbline.kernel import clock

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def limit(house: House, check: str) -> str:
    return house.make(
        "limit",
        title="Errors of Claims Triage",
        check_name=check,
        system=house.references["system"],
        direction="at most",
        value="0.5",
        reason="Agreed with the owner.",
        valid_until=str(clock.now().date()),
    )


def shown(house: House, reference: str) -> str:
    return house.client("aims-manager").get(f"/records/{reference}/").content.decode()


def test_past_alerts_that_would_vanish_are_counted(house: House) -> None:
    from plumbline.telemetry.store.duckdb import DuckStore
    from plumbline.telemetry.store.serve import StoreServer

    store = DuckStore(settings.PLUMBLINE.data / "evidence.duckdb")
    server = StoreServer(settings.PLUMBLINE.data, store)
    try:
        page = shown(house, limit(house, "error-rate"))
    finally:
        server.close()
        store.close()
    assert "of 1 past alerts in 10 windows" in page


def test_a_check_on_records_is_judged_again_as_the_records_are_now(house: House) -> None:
    """Records have changed since the windows before: of the newest verdict alone it can be said."""
    from tests.web.conftest import readings

    readings("impact-assessed", "organization")
    page = shown(house, limit(house, "impact-assessed"))
    assert "would have changed none of 1 windows" in page or "past alerts in 1 windows" in page
