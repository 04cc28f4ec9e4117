"""Comments on records: mentions of people, edits that keep what stood before, and their end (decision 35)."""
