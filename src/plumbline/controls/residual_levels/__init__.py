"""What was worked out of each risk's level today, kept so that a list reads it in one query."""
