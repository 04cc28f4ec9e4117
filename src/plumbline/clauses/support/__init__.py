"""Clause 7, Support: resources, competence, awareness, communication and documented information."""
