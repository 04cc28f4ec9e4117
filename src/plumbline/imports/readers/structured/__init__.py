"""JSON (RFC 8259) and JSON Lines: a list of objects is a table, `reader.read`."""
