"""The imports that wait for one person."""
