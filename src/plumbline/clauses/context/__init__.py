"""Clause 4: what bears on the management system, who has a stake in it, and where its borders lie."""
