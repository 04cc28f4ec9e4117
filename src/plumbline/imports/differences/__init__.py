"""What stands in the records of an import other than in its file, and which person decided it."""
