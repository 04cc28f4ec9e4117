"""Deciding which controls apply, many rows of the statement of applicability in one act."""
