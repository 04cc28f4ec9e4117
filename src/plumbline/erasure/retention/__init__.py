"""Content that is past its retention period."""
