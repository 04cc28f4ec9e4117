"""Clause 8, Operation: AI systems, what they are made of, and who supplies it."""
