"""Model cards and cards of data sets in Markdown, with or without metadata above them: `reader.read`."""
