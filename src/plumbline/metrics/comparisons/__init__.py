"""What lies behind a comparison with the reference: distributions, days and groups."""
