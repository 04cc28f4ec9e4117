"""The list index: what lists of records search, filter and sort by, kept beside the records by the door."""
