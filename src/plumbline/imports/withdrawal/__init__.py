"""Taking a whole import back."""
