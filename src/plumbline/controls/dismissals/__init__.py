"""What was dismissed although its check goes on failing."""
