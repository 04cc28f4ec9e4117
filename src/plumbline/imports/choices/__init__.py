"""Which of two a field keeps, chosen row by row: what somebody has changed here, or what the file says."""
