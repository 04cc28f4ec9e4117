"""Which records are asked for less with a word that has ended."""
