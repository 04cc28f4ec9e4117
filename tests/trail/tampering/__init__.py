"""Edits behind the trail's back, each found by a scrub, and on the page or answer that would show it."""
