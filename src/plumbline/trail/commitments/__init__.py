"""What entries commit to, read with its openings and compared with the digests in the leaf."""
