"""Clause 10, Improvement: nonconformities and corrective actions."""
