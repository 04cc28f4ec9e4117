"""People and units as lists in and out: no kinds of record, written by the doors of `identity`."""
