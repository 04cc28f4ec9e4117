"""Pages for one change to many records: choose, preview, confirm, progress, take back."""
