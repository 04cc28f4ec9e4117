"""To which unit a record belongs, and how that changes."""
