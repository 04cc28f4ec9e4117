"""Clause 6, Planning: risks and treatment, impacts, applicability, objectives, limits and deviations."""
