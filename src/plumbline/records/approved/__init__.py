"""What of the records is in force: the revisions that somebody approved."""
