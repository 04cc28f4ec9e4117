"""One search over all that can be opened: records, requirements, checks, limits, people, entries, events."""
