"""Erasing events."""
