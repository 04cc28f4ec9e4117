"""An import as one thing that people answer for: assigned, confirmed by two, with what it keeps."""
