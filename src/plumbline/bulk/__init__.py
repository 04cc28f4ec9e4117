"""One change to many records: previewed row by row, confirmed, done in short chunks, taken back once."""
