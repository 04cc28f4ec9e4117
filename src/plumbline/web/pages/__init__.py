"""Pages, one module each, and what their templates are given."""
