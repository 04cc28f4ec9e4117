"""Out of an installation and in again: backup, restore, and the whole organization in open formats.

A *backup* is a copy of an installation, keys and all, to go on with after a loss. An *export* is the
organization in formats that any program can read, to leave with or to begin anew elsewhere.
"""
