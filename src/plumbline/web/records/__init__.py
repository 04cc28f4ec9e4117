"""Pages of records: lists, one record, forms, steps, history."""
