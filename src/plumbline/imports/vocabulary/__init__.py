"""Words of registers in several languages, as data: what columns and cells are called."""
