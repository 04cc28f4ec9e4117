"""What waits for one person to act, beside the records that they own."""
