"""Plumbline: an AI management system whose record others can check."""

__version__ = "0.1.0"
