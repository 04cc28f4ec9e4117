"""The address at which calendar programs read what is due."""
