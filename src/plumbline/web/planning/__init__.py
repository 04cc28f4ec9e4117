"""What pages show of clause 6 beyond the fields of its records."""
