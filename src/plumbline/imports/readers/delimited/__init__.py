"""CSV and what registers do instead (RFC 4180): `reader.read`."""
