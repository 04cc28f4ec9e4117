"""Notes that only the auditor who wrote them can read: kept encrypted under a passphrase of the auditor."""
