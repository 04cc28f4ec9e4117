"""The first pages: health of the AIMS, own work, search, help, preferences."""
