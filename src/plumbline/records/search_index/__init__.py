"""The search index: the words of every record, its comments and its files, kept beside it by the door."""
