"""Clause 9, Performance evaluation: what is measured, attested and reviewed."""
