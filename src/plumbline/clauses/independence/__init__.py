"""Whether whoever audits is independent of what is audited (9.2.2)."""
