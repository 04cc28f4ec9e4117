"""The pages about the organization itself."""
