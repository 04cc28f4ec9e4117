"""The dates of files: of when a document is, and until when it is valid."""
