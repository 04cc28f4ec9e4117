"""Pages of clauses 4 and 5: the matrix of responsibilities, and the context that a scope froze."""
