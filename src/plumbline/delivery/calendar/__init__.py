"""A calendar of what is due for somebody, read by their calendar program at a secret address (RFC 5545)."""
