"""All lists in one file: units, people and records of every kind, out and in again in order."""
