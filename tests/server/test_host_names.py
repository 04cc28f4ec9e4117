"""A browser that comes under an unknown host name is told what to do, without that name being repeated."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_an_unknown_host_name_is_refused_with_the_remedy() -> None:
    answer = Client().get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"PLUMBLINE_HOSTS" in answer.content
    assert b"evil" not in answer.content
