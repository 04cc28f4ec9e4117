"""Faults planted by an outsider, who knows what auditors write up and has not read the rules."""
