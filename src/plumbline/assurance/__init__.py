"""What an auditor would write up: contradictions across all records, found by rules before they come."""
