"""Samples that an auditor draws from records of any kind, by a seed that follows the population (9.2.2)."""
