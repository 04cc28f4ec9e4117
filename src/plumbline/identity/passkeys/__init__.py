"""Passkeys (W3C Web Authentication, level 3): the second step of signing in, or the whole of it."""
