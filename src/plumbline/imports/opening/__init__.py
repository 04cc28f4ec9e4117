"""Approved records that the next edition of a register changes."""
