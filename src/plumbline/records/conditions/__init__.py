"""Conditions on records as text: ``lifecycle:"in operation" -has:impact-assessment(is:in-force)``."""
