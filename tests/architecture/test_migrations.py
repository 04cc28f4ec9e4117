"""Models and migrations say the same."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]


def test_no_migration_is_missing() -> None:
    """`makemigrations --check` of Plumbline's own rooms finds nothing to write."""
    told = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=told, stderr=told)
    except SystemExit:
        pytest.fail(f"run makemigrations: {told.getvalue()}")
