"""Concerns of people who stay unknown: raised and followed with a receipt alone (A.3.3, A.8.3)."""
