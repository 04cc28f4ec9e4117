"""A whole log out of an installation, and into a new one that goes on from it."""
