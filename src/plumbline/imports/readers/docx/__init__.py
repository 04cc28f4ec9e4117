"""Word files (ECMA-376, WordprocessingML): each table in the text is one to read, `reader.read`."""
