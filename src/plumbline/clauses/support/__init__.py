"""Clause 7, Support: competence, trainings and documented information."""
