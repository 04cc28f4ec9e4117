"""The samples of an audit: populations, draws and marks."""
