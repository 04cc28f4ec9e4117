"""Attempts that still succeed, each with the line that it tries. Once it is withstood, its test fails."""

from __future__ import annotations

PENDING: dict[str, str] = {}
"""The line, by the name of the test with its parameters."""
