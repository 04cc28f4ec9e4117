"""What belongs to a record beside its revisions: links, comments, attachments."""
