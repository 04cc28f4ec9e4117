"""What erasure empties in this room."""
