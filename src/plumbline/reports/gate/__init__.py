"""Whether a release may go live, asked from outside: the report, and the entry that binds it."""
