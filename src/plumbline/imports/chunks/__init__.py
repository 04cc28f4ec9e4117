"""A chunk of an import that is being written: who holds it, and what becomes of its rows."""
