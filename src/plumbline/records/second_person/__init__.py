"""Steps along workflows that wait for a second person."""
