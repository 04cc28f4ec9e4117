"""What one person owns, or answers for because they approved it."""
