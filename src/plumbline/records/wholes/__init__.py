"""Every record at once, for what looks across all of them."""
