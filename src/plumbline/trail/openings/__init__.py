"""What became of the opening of a commitment: readable, erased by an entry, or missing."""
