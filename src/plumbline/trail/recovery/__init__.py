"""Bringing a log back to what it has signed, or opening a new epoch where that cannot be had."""
