"""Pages of imports: upload, columns, preview, result."""
