"""Pages of controls, clauses, checks, results and evidence."""
