"""What a source says of a record in its own words, kept apart from what the record says here."""
