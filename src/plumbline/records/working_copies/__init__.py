"""What somebody has typed into the form of a record and not saved: kept for them alone, and no evidence."""
