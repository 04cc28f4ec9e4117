"""Pages on which people read an approved version, acknowledge it, and see who has."""
