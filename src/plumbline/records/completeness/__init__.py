"""What a draft still lacks, for lists and files as well as for its own page."""
