"""Approved versions that named groups have to acknowledge, and who has (5.2, 7.3, A.2.2)."""
