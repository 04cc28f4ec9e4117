"""Clause 5, Leadership: the AI policy and the policies around it."""
