"""Events in: receivers, redaction, sealed segments, the spool and the evidence store. Knows no records."""
